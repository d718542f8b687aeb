import type { CloudEvent } from './bus.ts';
import { answerOf, type RedisClient } from './bus-redis-link.ts';
import { AppError } from './errors.ts';

/** What is kept of a topic, for those who were away; they have minutes, not days. */
const eventsMax = 100_000;
const chunkMax = 500;
/** With the last answer still below the time that the database lets a transaction idle. */
const publishMsMax = 3_000;
/** By so much an event may be older by the clock of Redis than by when its answer came. */
const marginMs = 100;

export const streamOf = (topic: string) => `bazar:${topic}`;

/** Trimming to the event would cost more than the few that are too many. */
export const keeping = (threshold: number) =>
  ({ TRIM: { strategy: 'MAXLEN', strategyModifier: '~', threshold } }) as const;

/** Adds events to the stream of their topic, or refuses at once when Redis is away. */
export async function addEvents(
  client: RedisClient | undefined,
  topic: string,
  events: readonly CloudEvent[],
): Promise<void> {
  const endsAtMs = performance.now() + publishMsMax;
  for (let at = 0; at < events.length; at += chunkMax) {
    if (performance.now() > endsAtMs) throw unavailable();
    // oxlint-disable-next-line no-await-in-loop -- in turn, and never so many that an answer takes long
    await addChunk(client, topic, events.slice(at, at + chunkMax));
  }
}

async function addChunk(
  client: RedisClient | undefined,
  topic: string,
  events: readonly CloudEvent[],
): Promise<void> {
  if (!client) throw unavailable();
  const [stream, options] = [streamOf(topic), keeping(eventsMax)];
  const added = events.map((event) =>
    client.xAdd(stream, '*', { event: JSON.stringify(event) }, options),
  );
  await answerOf(Promise.all(added)).catch((error: unknown) => {
    throw unavailable(error);
  });
}

function unavailable(cause?: unknown): AppError {
  return new AppError('unavailable', 'The bus does not answer', { cause });
}

/** The id behind which all is that was added since a time on our own clock that only goes forward. */
export async function idSince(client: RedisClient, sinceMs: number): Promise<string> {
  // Ids begin with the time on the clock of Redis, which need not be ours.
  const [seconds = '', microseconds = ''] = await answerOf(client.time());
  const redisMs = Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
  const agoMs = Math.ceil(performance.now() - sinceMs) + marginMs;
  return `${Math.max(0, redisMs - agoMs)}-0`;
}

/** Whether `a` was added before `b`. */
export function isBefore(a: string, b: string): boolean {
  const [[aMs = 0, aNumber = 0], [bMs = 0, bNumber = 0]] = [partsOf(a), partsOf(b)];
  return aMs === bMs ? aNumber < bNumber : aMs < bMs;
}

function partsOf(id: string): number[] {
  return id.split('-').map(Number);
}
