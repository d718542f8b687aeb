import type { Bus } from './bus.ts';
import { createAnnouncer } from './bus-redis-announce.ts';
import { openConsumer } from './bus-redis-consume.ts';
import { openEar, type LiveChannels } from './bus-redis-hear.ts';
import { keepAsking, openLink, type Line } from './bus-redis-link.ts';
import { openReader } from './bus-redis-read.ts';
import { createLook } from './bus-redis-look.ts';
import { createBusMetrics, createStanding } from './bus-redis-standing.ts';
import { addEvents } from './bus-redis-stream.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

type Options = {
  url: string;
  log: Log;
  metrics: Pick<Metrics, 'registry'>;
  liveChannels: LiveChannels;
  /** How long the newest value of a key can be read in Redis. */
  newestKeepSeconds?: number;
  /** What a consumer has not done after this time is taken over by another. */
  takeoverMs?: number;
};

export type RedisBus = Bus & {
  /** Fails while Redis is away, which is no reason not to serve. */
  check: () => Promise<void>;
};

/** The bus of many processes. It is open at once, and connects to Redis whenever that is there. */
export function openRedisBus({ url, log, metrics, liveChannels, ...limits }: Options): RedisBus {
  const { newestKeepSeconds = 3_600, takeoverMs = 30_000 } = limits;
  const { connected, dropped } = createBusMetrics(metrics);
  const standing = createStanding({ at: hostOf(url), connected, log });
  const parts = { url, standing, log };
  const writer = openLink({ name: 'write', url, standing, work });
  const { client } = writer;
  const announcer = createAnnouncer({ client, newestKeepSeconds, dropped });
  const reader = openReader(parts);
  const ear = openEar(parts, liveChannels);
  const { look, forget } = createLook(metrics);
  const consumers = new Set<{ close: () => Promise<void> }>();

  async function work(line: Line): Promise<void> {
    line.stands();
    await announcer.tellLost();
    // Somebody who may not ask how Redis is may still use it.
    const lookSafely = () => void look(line.client).catch(() => undefined);
    await keepAsking(line, lookSafely).finally(forget);
  }

  return {
    publish: (topic, events) => addEvents(client(), topic, events),
    subscribe: reader.subscribe,
    consume(consumer) {
      const opened = openConsumer({ ...parts, takeoverMs }, consumer);
      consumers.add(opened);
      const close = () => opened.close().finally(() => consumers.delete(opened));
      return { close };
    },
    // Others may listen whom nobody here knows.
    isHeard: () => true,
    announce(channel, values) {
      // At once, Redis or not; the copy that comes back is no news to whoever looks at sequences.
      ear.tellHere(channel, values);
      announcer.announce(channel, values);
    },
    hear: ear.hear,
    isLiveHeard: () => true,
    check: standing.check,
    async close() {
      await Promise.all([...consumers, reader, ear].map(({ close }) => close()));
      await writer.close();
    },
  };
}

/** Where Redis is, as logs may say it; an address that cannot be read is not told, nor logged. */
function hostOf(url: string): string {
  if (!URL.canParse(url)) throw new RangeError('The address of Redis is no URL');
  const { host } = new URL(url);
  return host;
}
