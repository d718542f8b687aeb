import {
  giveBack,
  release,
  reserve,
  reserveWithoutHold,
  takeStock,
  type ReserveCall,
} from './catalog-steps.ts';
import { contested, retried, rivals, tiny } from './configurations.ts';
import { heals, type Promised } from './invariants.ts';
import { answerOf, insert, ordersOf, place, refusals, type PlaceCall } from './order-steps.ts';
import { protocol, type Steps } from './protocol.ts';
import {
  at,
  bit,
  type Answer,
  type Config,
  type Outcome,
  type Status,
  type World,
} from './state.ts';

/** A tempting shortcut, the promise it breaks, and the least configuration that shows it. */
export type Mutant = {
  name: string;
  breaks: Promised;
  steps: Partial<Steps>;
  config: Config;
};

export const mutants: readonly Mutant[] = [
  {
    name: 'M1 the sweeper asks without leaving a tombstone',
    breaks: 'a confirmed order has its stock',
    steps: { resolve: resolveWithoutTombstone },
    config: tiny,
  },
  {
    name: 'M2 a hold that is old is released, nobody is asked',
    breaks: 'a confirmed order has its stock',
    steps: { resolve: resolveByAge },
    config: tiny,
  },
  {
    name: 'M3 place overwrites a void order',
    breaks: 'a confirmed order has its stock',
    steps: { place: placeOverVoid },
    config: tiny,
  },
  {
    name: 'M4 reserving twice deducts twice',
    breaks: 'stock adds up',
    steps: { reserve: reserveAgain },
    config: { ...retried, stock: [2] },
  },
  {
    name: 'M5 a release asks for no active reservation',
    breaks: 'never oversold',
    steps: { release: giveBack },
    config: { ...rivals, cancels: 1 },
  },
  {
    name: 'M6 a released reservation is deleted',
    breaks: heals,
    steps: { release: releaseAndForget },
    config: contested,
  },
  {
    name: 'M7 an order that found no stock leaves no row',
    breaks: 'all definitive answers of a key agree',
    steps: { place: placeWithoutRejecting },
    config: { ...retried, stock: [0], restocks: 1 },
  },
  {
    name: 'M8 the hold is written in a commit of its own',
    breaks: heals,
    steps: { reserve: reserveWithoutHold },
    config: tiny,
  },
  {
    name: 'M9 a cancellation writes no outbox row',
    breaks: heals,
    steps: { cancel: cancelQuietly },
    config: { ...tiny, cancels: 1 },
  },
  {
    name: 'M10 the sweeper releases whatever is not confirmed, shipped orders too',
    breaks: 'never oversold',
    steps: { resolve: resolveAllButConfirmed },
    config: { ...rivals, fulfils: 1 },
  },
  {
    name: 'M11 every batch that was answered counts as settled',
    breaks: heals,
    steps: { needsNoSweeper: () => true },
    config: { ...rivals, settledShortcut: true },
  },
];

/** The protocol with the mutant's steps in it. */
export function mutated({ steps }: Mutant): Steps {
  return { ...protocol, ...steps };
}

const refusedOrAbsent: ReadonlySet<Status> = new Set<Status>([...refusals, '-']);
const allButConfirmed: ReadonlySet<Status> = new Set<Status>([...refusals, 'F']);

function resolveWithoutTombstone(world: World, batch: number): number {
  return ordersOf(world, { batch, statuses: refusedOrAbsent });
}

function resolveByAge({ config }: World, batch: number): number {
  return at(config.attempts, batch).reduce((set, { order }) => set | bit(order), 0);
}

function resolveAllButConfirmed(world: World, batch: number): number {
  protocol.resolve(world, batch);
  return ordersOf(world, { batch, statuses: allButConfirmed });
}

function placeOverVoid(world: World, call: PlaceCall): Answer[] {
  at(world.config.attempts, call.batch).forEach(({ order, body }, n) => {
    const row = at(world.state.orders, order);
    if (row.status !== 'V' || at(call.outcomes, n) !== 'ok') return;
    row.status = 'C';
    row.body = body;
  });
  return place(world, call);
}

function reserveAgain(world: World, call: ReserveCall): Outcome[] {
  const requests = at(world.config.attempts, call.batch);
  const isNew = requests.map(({ order }) => at(world.state.orders, order).reservation === '-');
  const outcomes = reserve(world, call);
  requests.forEach((request, n) => {
    if (at(outcomes, n) === 'ok' && isNew[n] === false) takeStock(world, request);
  });
  return outcomes;
}

function releaseAndForget(world: World, order: number): void {
  release(world, order);
  const row = at(world.state.orders, order);
  if (row.reservation === 'R') row.reservation = '-';
}

function placeWithoutRejecting(world: World, { batch, outcomes }: PlaceCall): Answer[] {
  return at(world.config.attempts, batch).map((request, n) => {
    const row = at(world.state.orders, request.order);
    const outcome = at(outcomes, n);
    if (outcome === 'mismatch') return 'reused';
    if (outcome === 'short') return row.status === '-' ? 'J' : answerOf(row, request);
    insert(row, outcome === 'ok' ? 'C' : 'V', request.body);
    return answerOf(row, request);
  });
}

function cancelQuietly({ state }: World, order: number): void {
  at(state.orders, order).status = 'X';
}
