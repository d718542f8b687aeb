import { randomUUID } from 'node:crypto';
import type { CloudEvent, Consumer } from './bus.ts';
import { answerMsMax, answerOf, openLink, type Line, type Link } from './bus-redis-link.ts';
import type { RedisParts } from './bus-redis-link.ts';
import { idSince, keeping, streamOf } from './bus-redis-stream.ts';
import { within } from './within.ts';

type Options = RedisParts & {
  /** What a member has not done after this time is taken over by another. */
  takeoverMs: number;
};
/** One member of a group on one connection. */
type Member = Consumer & Options & Line & { stream: string; name: string };
type Message = { id: string; message: Record<string, string> };

const failuresMax = 10;
const blockMsMax = 500;
const readMax = 10;
const buriedMax = 10_000;
const forgottenMs = 3_600_000;

/** Joins a group: each event is handled by one of its members, and comes again until it is done. */
export function openConsumer(options: Options, consumer: Consumer): Link {
  const { url, standing, takeoverMs } = options;
  const { topic, group } = consumer;
  const own = { ...options, ...consumer, stream: streamOf(topic), name: randomUUID() };
  let aliveAtMs = performance.now();

  async function work(line: Line): Promise<void> {
    const member = { ...own, ...line };
    await joinGroup(member, aliveAtMs);
    line.stands();
    let tookOverAtMs = -Infinity;
    while (!line.signal.aborted) {
      const begunAtMs = performance.now();
      const isTime = begunAtMs - tookOverAtMs > takeoverMs / 2;
      if (isTime) tookOverAtMs = begunAtMs;
      // oxlint-disable-next-line no-await-in-loop -- one reading after the other
      if (isTime) await takeOver(member);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await readNew(member);
      aliveAtMs = begunAtMs;
    }
  }

  return openLink({ name: `consume:${topic}:${group}`, url, standing, work });
}

/** A group that Redis has forgotten goes on from where it was last seen. */
async function joinGroup({ client, stream, group }: Member, sinceMs: number): Promise<void> {
  const since = await idSince(client, sinceMs);
  const made = client.xGroupCreate(stream, group, since, { MKSTREAM: true });
  await answerOf(made).catch((error: Error) => {
    if (!error.message.startsWith('BUSYGROUP')) throw error;
  });
  const members = await answerOf(client.xInfoConsumers(stream, group));
  const gone = members.filter(({ pending, idle }) => pending === 0 && idle > forgottenMs);
  const forgotten = gone.map(({ name }) => client.xGroupDelConsumer(stream, group, name));
  await answerOf(Promise.all(forgotten));
}

async function readNew(member: Member): Promise<void> {
  const { client, signal, stream, group, name, takeoverMs } = member;
  const options = { BLOCK: Math.min(blockMsMax, Math.ceil(takeoverMs / 2)), COUNT: readMax };
  const reading = client.xReadGroup(group, name, { key: stream, id: '>' }, options);
  const found = await answerOf(reading, { signal, msMax: blockMsMax + answerMsMax });
  await handleAll(member, found?.[0]?.messages ?? []);
}

/** Looks after what others, or we ourselves, have begun and not done. */
async function takeOver(member: Member): Promise<void> {
  const { client, signal, stream, group, name, takeoverMs, log } = member;
  const claiming = client.xAutoClaim(stream, group, name, takeoverMs, '0-0', { COUNT: readMax });
  const { messages, deletedMessages } = await answerOf(claiming, { signal });
  if (deletedMessages.length > 0) {
    log.error({ stream, group, ids: deletedMessages }, 'events were gone before they were handled');
  }
  const claimed = messages.filter((message) => message !== null);
  const failuresOf = await countFailures(member, claimed);
  const isPoison = ({ id }: Message) => (failuresOf.get(id) ?? 0) >= failuresMax;
  await Promise.all(claimed.filter(isPoison).map((message) => bury(member, message)));
  await handleAll(
    member,
    claimed.filter((message) => !isPoison(message)),
  );
  if (messages.length === readMax && !signal.aborted) await takeOver(member);
}

async function countFailures({ client, stream, group, name }: Member, claimed: Message[]) {
  const [first, last] = [claimed[0]?.id, claimed.at(-1)?.id];
  if (first === undefined || last === undefined) return new Map<string, number>();
  const mine = { consumer: name };
  const pending = await answerOf(client.xPendingRange(stream, group, first, last, 1_000, mine));
  // The last delivery is the one that begins now.
  return new Map(pending.map(({ id, deliveriesCounter }) => [id, deliveriesCounter - 1]));
}

async function handleAll(member: Member, messages: readonly Message[]): Promise<void> {
  for (const message of messages) {
    // What is left then is taken over by others.
    if (member.signal.aborted) return;
    // oxlint-disable-next-line no-await-in-loop -- one event after the other
    await handleOne(member, message);
  }
}

async function handleOne(member: Member, { id, message }: Message): Promise<void> {
  const { client, stream, group, handle, takeoverMs, log } = member;
  try {
    const event = JSON.parse(message['event'] ?? '') as CloudEvent;
    await within(takeoverMs, handle(event), () => new Error(`not done in ${takeoverMs} ms`));
  } catch (err) {
    log.warn({ err, stream, group, id }, 'an event could not be handled, and comes again');
    return;
  }
  await answerOf(client.xAck(stream, group, id));
}

async function bury({ client, stream, group, log }: Member, { id, message }: Message) {
  log.error({ stream, group, id }, 'an event failed too often, and is put aside');
  const burying = client
    .multi()
    .xAdd(`${stream}:dead`, '*', { ...message, group }, keeping(buriedMax))
    .xAck(stream, group, id)
    .exec();
  await answerOf(burying);
}
