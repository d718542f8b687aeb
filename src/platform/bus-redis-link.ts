import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@redis/client';
import type { Standing } from './bus-redis-standing.ts';
import type { Log } from './log.ts';

export type RedisClient = ReturnType<typeof clientOf>;

/** One connection, as long as it lasts. */
export type Line = {
  client: RedisClient;
  /** Aborted when the connection is lost, or the link closed. */
  signal: AbortSignal;
  /** From here on the connection does what it is for. */
  stands: () => void;
};

/** What each connection of the bus is made of. */
export type RedisParts = { url: string; standing: Standing; log: Log };

export type Link = {
  /** The connection, while it stands. */
  client: () => RedisClient | undefined;
  close: () => Promise<void>;
};

type Options = {
  name: string;
  url: string;
  standing: Standing;
  /** What is done on each connection, until it throws because that is lost, or returns. */
  work: (line: Line) => Promise<void>;
};

/** Longer than any command takes on a Redis that is alive. */
export const answerMsMax = 1_000;
const connectMsMax = 1_000;
const pingEveryMs = 500;
const pauseMsMin = 50;
const pauseMsMax = 2_000;

/** Connects to Redis again and again for as long as it is not closed. */
export function openLink({ name, url, standing, work }: Options): Link {
  const closing = new AbortController();
  let current: RedisClient | undefined;
  let gone = new AbortController();

  async function connectOnce(): Promise<void> {
    const client = clientOf(url, name);
    gone = new AbortController();
    const { signal } = gone;
    // Without a listener an error would end the process.
    client.on('error', abortOf(gone));
    const connecting = client.connect();
    try {
      await answerOf(connecting, { signal, msMax: connectMsMax + answerMsMax });
      await work({ client, signal, stands: () => stood(client) });
      signal.throwIfAborted();
    } finally {
      current = undefined;
      client.destroy();
      // What comes too late must not stay either.
      void connecting.then(
        () => client.destroy(),
        () => undefined,
      );
    }
  }

  function stood(client: RedisClient): void {
    current = client;
    standing.stands(name);
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!closing.signal.aborted) {
      const begunAtMs = performance.now();
      // oxlint-disable-next-line no-await-in-loop -- one connection after the other
      await connectOnce().catch((error: unknown) => {
        if (!closing.signal.aborted) standing.lost(name, error);
      });
      // A connection that is lost as soon as it stands is a failure as well.
      failures = performance.now() - begunAtMs > pauseMsMax + connectMsMax ? 0 : failures + 1;
      // oxlint-disable-next-line no-await-in-loop -- as above
      await sleep(pauseMsAfter(failures), undefined, closing).catch(() => undefined);
    }
  }

  const running = run();
  return {
    client: () => current,
    async close() {
      closing.abort();
      gone.abort(new Error('closed'));
      await running;
      standing.closed(name);
    },
  };
}

/** Not all processes at once, when Redis is back. */
function pauseMsAfter(failures: number): number {
  const pauseMs = Math.min(pauseMsMin * 2 ** failures, pauseMsMax);
  return pauseMs * (0.5 + Math.random() / 2);
}

/** For the connection of now, whatever connection comes after it. */
function abortOf(controller: AbortController) {
  return (reason: unknown): void => controller.abort(reason);
}

function clientOf(url: string, name: string) {
  return createClient({
    url,
    name: `bazar-${name}`,
    // What cannot be sent now is refused now.
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    socket: { connectTimeout: connectMsMax, reconnectStrategy: false },
  });
}

/** Keeps asking whether Redis is there; so also one that has stopped without a word is noticed. */
export async function keepAsking(line: Line, alive: (askedAtMs: number) => void): Promise<void> {
  const { client, signal } = line;
  for (;;) {
    const askedAtMs = Date.now();
    // oxlint-disable-next-line no-await-in-loop -- one question after the other
    await answerOf(client.ping(), { signal });
    alive(askedAtMs);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await sleep(pingEveryMs, undefined, { signal });
  }
}

type Patience = { signal?: AbortSignal; msMax?: number };

/** The answer, unless it takes too long, or nobody waits for it any more. */
export function answerOf<T>(answer: Promise<T>, patience: Patience = {}): Promise<T> {
  const { signal, msMax = answerMsMax } = patience;
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const late = () => reject(new Error('Redis does not answer'));
  // If it was this process that stood still, the answer is there, and is read before that.
  const timer = setTimeout(() => setImmediate(late), msMax);
  const stop = () => reject(signal?.reason);
  if (signal?.aborted) stop();
  else signal?.addEventListener('abort', stop, { once: true });
  answer.then(resolve, reject);
  const settled = () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  };
  return promise.finally(settled);
}
