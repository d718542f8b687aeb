import type { Live } from './bus.ts';
import { answerOf, type RedisClient } from './bus-redis-link.ts';

type Options = {
  client: () => RedisClient | undefined;
  newestKeepSeconds: number;
  dropped: { inc: (labels: { channel: string }, count: number) => void };
};
type Waiting = Live & { channel: string };

const waitingMax = 10_000;
const sentMax = 500;
/** What was dropped may have happened so long before. */
const marginMs = 2_000;

/** On this channel it is said since when something was not said on the other one. */
export const missedChannel = (channel: string): string => `${channel}:missed`;

/**
 * Sends live values as soon as it can; while Redis is away or slow they are dropped and counted, and
 * afterwards those who listen are told since when they have missed something.
 */
export function createAnnouncer({ client, newestKeepSeconds, dropped }: Options) {
  let waiting: Waiting[] = [];
  let isSending = false;
  const losses = createLosses(client);

  function drop(values: readonly Waiting[]): void {
    for (const { channel } of values) {
      dropped.inc({ channel }, 1);
      losses.note(channel);
    }
  }

  /** Of each key the newest is enough; if even that is too much, the half that is newest. */
  function shorten(): void {
    const newest = [...newestOf(waiting)];
    const kept = newest.length > waitingMax / 2 ? newest.slice(-waitingMax / 2) : newest;
    const keeps = new Set(kept);
    drop(waiting.filter((value) => !keeps.has(value)));
    waiting = kept;
  }

  async function sendAll(): Promise<void> {
    isSending = true;
    while (waiting.length > 0) {
      const values = waiting.splice(0, sentMax);
      // oxlint-disable-next-line no-await-in-loop -- what waits meanwhile goes together
      await send(values).catch(() => drop(values));
    }
    isSending = false;
    await losses.tell();
  }

  async function send(values: readonly Waiting[]): Promise<void> {
    const redis = client();
    if (!redis) return drop(values);
    const newest = newestOf(values);
    const sent = values.flatMap((value): Promise<unknown>[] => {
      const { channel, key } = value;
      const text = JSON.stringify(value.value);
      const expiration = { type: 'EX', value: newestKeepSeconds } as const;
      const published = redis.publish(channel, text);
      if (!newest.has(value)) return [published];
      return [published, redis.set(`${channel}:${key}`, text, { expiration })];
    });
    await answerOf(Promise.all(sent));
  }

  function announce(channel: string, values: readonly Live[]): void {
    const added = values.map(({ key, value }) => ({ channel, key, value }));
    if (!client()) return drop(added);
    waiting.push(...added);
    if (waiting.length > waitingMax) shorten();
    if (!isSending) void sendAll();
  }

  return { announce, tellLost: losses.tell };
}

/** Knows on which channels something was dropped, and says so when it can. */
function createLosses(client: Options['client']) {
  const sinceMsOf = new Map<string, number>();

  function note(channel: string, sinceMs = Date.now() - marginMs): void {
    if (!sinceMsOf.has(channel)) sinceMsOf.set(channel, sinceMs);
  }

  async function tell(): Promise<void> {
    const redis = client();
    if (!redis || sinceMsOf.size === 0) return;
    const all = [...sinceMsOf];
    // What is dropped from here on is another loss.
    sinceMsOf.clear();
    const told = all.map(([channel, ms]) => redis.publish(missedChannel(channel), String(ms)));
    await answerOf(Promise.all(told)).catch(() => {
      sinceMsOf.clear();
      for (const [channel, ms] of all) note(channel, ms);
    });
  }
  return { note, tell };
}

/** In the order of those that are the last of their key. */
function newestOf(values: readonly Waiting[]): Set<Waiting> {
  const newest = new Map<string, Waiting>();
  for (const value of values) {
    const name = `${value.channel}:${value.key}`;
    newest.delete(name);
    newest.set(name, value);
  }
  return new Set(newest.values());
}
