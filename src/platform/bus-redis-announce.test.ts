import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnnouncer } from './bus-redis-announce.ts';
import type { RedisClient } from './bus-redis-link.ts';

/** A Redis that answers when the test lets it. */
function slowRedis() {
  const published: number[] = [];
  const kept = new Map<string, string>();
  const opened = Promise.withResolvers<void>();
  const missed: number[] = [];
  const redis = {
    publish(channel: string, text: string) {
      if (channel === 'places:missed') missed.push(Number(text));
      else published.push(JSON.parse(text).n);
      return opened.promise;
    },
    set(key: string, text: string) {
      kept.set(key, text);
      return opened.promise;
    },
  };
  return { redis: redis as unknown as RedisClient, published, missed, kept, open: opened.resolve };
}

function announcer(first: RedisClient | undefined) {
  let dropped = 0;
  let redis = first;
  const { announce, tellLost } = createAnnouncer({
    client: () => redis,
    newestKeepSeconds: 60,
    dropped: { inc: (_labels, count) => void (dropped += count) },
  });
  async function connect(to: RedisClient): Promise<void> {
    redis = to;
    await tellLost();
  }
  return { announce, connect, dropped: () => dropped };
}

const value = (n: number, keys: number) => ({ key: `van ${n % keys}`, value: { n } });
const rest = () => new Promise((resolve) => void setImmediate(resolve));

test('what is announced is sent in turn, and only the newest of each key is kept', async () => {
  const { redis, published, kept, open } = slowRedis();
  const { announce, dropped } = announcer(redis);
  open();
  announce(
    'places',
    Array.from({ length: 1_200 }, (_, n) => value(n, 3)),
  );
  await rest();
  assert.deepEqual(
    published,
    Array.from({ length: 1_200 }, (_, n) => n),
  );
  const newest = ['places:van 0', 'places:van 1', 'places:van 2'].map((key) => kept.get(key));
  assert.deepEqual(newest, ['{"n":1197}', '{"n":1198}', '{"n":1199}']);
  assert.equal(dropped(), 0);
});

test('when too much waits, the newest of each key is sent, and the rest dropped and counted', async () => {
  const { redis, published, open } = slowRedis();
  const { announce, dropped } = announcer(redis);
  for (let n = 0; n < 20_000; n += 1) announce('places', [value(n, 5)]);
  open();
  await rest();
  assert.deepEqual(published.slice(-5), [19_995, 19_996, 19_997, 19_998, 19_999]);
  assert.equal(published.length + dropped(), 20_000);
  assert.ok(dropped() > 9_000, `${dropped()} dropped`);
});

test('without a Redis all is dropped and counted', () => {
  const { announce, dropped } = announcer(undefined);
  announce('places', [value(1, 1), value(2, 1)]);
  assert.equal(dropped(), 2);
});

test('when Redis is back, those who listen are told since when they have missed something', async () => {
  const { redis, published, missed, open } = slowRedis();
  const { announce, connect, dropped } = announcer(undefined);
  const beforeMs = Date.now();
  announce('places', [value(1, 1)]);
  announce('places', [value(2, 1)]);
  open();
  await connect(redis);
  assert.equal(missed.length, 1);
  assert.ok(Number(missed[0]) <= beforeMs && Number(missed[0]) > beforeMs - 10_000);
  announce('places', [value(3, 1)]);
  await rest();
  assert.deepEqual([published, missed.length, dropped()], [[3], 1, 2]);
});
