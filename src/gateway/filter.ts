import type { Caller } from '../platform/call.ts';
import { AppError, invalid } from '../platform/errors.ts';
import { isIn, readBox, type Box } from './box.ts';
import type { SignedIn } from './live-sessions.ts';
import type { Heard } from './shelf.ts';
import { topics as allTopics, type Topic } from './stream-api.ts';

/** What a reader is told. */
export type Filter = {
  /** The same for all who are told the same. */
  key: string;
  topics: ReadonlySet<Topic>;
  passes: (heard: Heard) => boolean;
  /** Whether it passes what has just left a box, so that the newest alone does not tell. */
  hasEdges: boolean;
  /** The same wherever it is. */
  mayPass: (heard: Heard) => boolean;
};

export type Asked = { topics?: string; vehicle?: string; box?: string };

const scopeOf: Record<Topic, string> = {
  orders: 'orders:read',
  stock: 'orders:read',
  fixes: 'tracking:read',
};

/** What somebody is told who asks for this, or a refusal. */
export function filterOf(asked: Asked, caller: SignedIn): Filter {
  const topics = topicsFor(asked.topics, caller);
  const narrowed = asked.vehicle !== undefined || asked.box !== undefined;
  if (narrowed && !topics.has('fixes')) {
    const pointer = asked.vehicle === undefined ? '/box' : '/vehicle';
    throw invalid('query', pointer, 'narrows fixes, which are not asked for');
  }
  const ofOrders = caller.role === 'staff' ? {} : { userId: caller.id };
  const ofFixes = fixesFor(asked, caller);
  const { box } = ofFixes;
  const isMeant: Record<Topic, (heard: Heard) => boolean> = {
    orders: ({ ownerId }) => ofOrders.userId === undefined || ownerId === ofOrders.userId,
    stock: () => true,
    fixes: isOfFixes(ofFixes),
  };
  const mayPass = (heard: Heard) => topics.has(heard.topic) && isMeant[heard.topic](heard);
  const said = { orders: ofOrders, stock: {}, fixes: ofFixes };
  return {
    key: JSON.stringify(allTopics.map((topic) => topics.has(topic) && said[topic])),
    topics,
    passes: box ? (heard) => mayPass(heard) && touches(box, heard) : mayPass,
    hasEdges: box !== undefined,
    mayPass,
  };
}

function isOfFixes({ ownerId, vehicle }: OfFixes): (heard: Heard) => boolean {
  const key = vehicle === undefined ? undefined : `fixes ${vehicle}`;
  return (heard) =>
    (ownerId === undefined || heard.ownerId === ownerId) &&
    (key === undefined || heard.key === key);
}

/** Also who has just left: else it would stand at the edge for ever. */
function touches(box: Box, { topic, place, placeBefore }: Heard): boolean {
  return (
    topic !== 'fixes' ||
    (place !== undefined && isIn(box, place)) ||
    (placeBefore !== undefined && isIn(box, placeBefore))
  );
}

function topicsFor(list: string | undefined, caller: SignedIn): ReadonlySet<Topic> {
  if (list === undefined) {
    const allowed = new Set(allTopics.filter((topic) => !whyNot(topic, caller)));
    if (allowed.size > 0) return allowed;
    throw new AppError('forbidden', 'This API key has no scope for anything here');
  }
  const named = list.split(',') as Topic[];
  const topics = new Set(named);
  if (topics.size < named.length) throw invalid('query', '/topics', 'names a topic twice');
  for (const topic of topics) {
    const reason = whyNot(topic, caller);
    if (reason) throw new AppError('forbidden', reason);
  }
  return topics;
}

function whyNot(topic: Topic, { role, scopes }: SignedIn): string | undefined {
  const scope = scopeOf[topic];
  if (scopes && !scopes.includes(scope)) return `This API key lacks the scope ${scope}`;
  if (topic === 'fixes' && role !== 'courier' && role !== 'staff') {
    return 'Where vehicles are is for couriers and staff only';
  }
  return undefined;
}

type OfFixes = { ownerId?: string; vehicle?: string; box?: Box };

/** Couriers hear of what is theirs, and the key of a device only of its own vehicle. */
function fixesFor({ vehicle, box }: Asked, caller: SignedIn): OfFixes {
  const { vehicleId } = caller;
  if (vehicle !== undefined && box !== undefined) {
    throw invalid('query', '/box', 'cannot be asked for together with a vehicle');
  }
  if (vehicle !== undefined && vehicleId !== undefined && vehicle !== vehicleId) {
    throw new AppError('forbidden', 'This key speaks for another vehicle');
  }
  const only = vehicleId ?? vehicle;
  return {
    ...(caller.role !== 'staff' && { ownerId: caller.id }),
    ...(only !== undefined && { vehicle: only }),
    ...(box !== undefined && { box: readBox(box) }),
  };
}

export function signedIn(caller: Caller): SignedIn {
  if (caller.kind === 'user') return caller;
  throw new AppError('unauthorized', 'Sign in to hear what happens');
}
