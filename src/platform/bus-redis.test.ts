import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createClient } from '@redis/client';
import { until } from '../postgres/wait.ts';
import { redisIsMissing, startRedis } from '../testing/redis.ts';
import type { Live } from './bus.ts';
import { channel, event, has, openProcess, ready, waitMs } from './testing-bus.ts';

const unavailable = { code: 'unavailable', name: 'AppError' };
const live = (sequence: number): Live => ({ key: 'van', value: { vehicle: 'van', sequence } });

/** Another one who talks to the same Redis. */
async function stranger(url: string) {
  const client = createClient({ url });
  client.on('error', () => undefined);
  return client.connect();
}

/** Two processes on a Redis of their own; the second one listens and hears. */
async function twoProcesses() {
  const redis = await startRedis();
  const [one, two] = [openProcess(redis.url), openProcess(redis.url)];
  const events: string[] = [];
  const values: unknown[] = [];
  const missed: number[] = [];
  two.bus.subscribe('things', ({ subject }) => events.push(subject));
  two.bus.hear(channel, {
    heard: ({ value }) => values.push(value['sequence']),
    missed: (sinceMs) => missed.push(sinceMs),
  });
  await Promise.all([ready(one), ready(two)]);
  // Once at the beginning, for what was said before the subscription stood.
  assert.ok(await has(missed, 1));
  return { redis, one, two, events, values, missed };
}

describe('a bus through Redis', { skip: redisIsMissing }, () => {
  test('tells other processes, and leaves plain JSON and the newest value for strangers', async () => {
    const { redis, one, events, values } = await twoProcesses();
    const client = await stranger(redis.url);
    const texts: string[] = [];
    await client.subscribe(channel, (text) => texts.push(text));
    await one.bus.publish('things', [event('far')]);
    one.bus.announce(channel, [live(1), live(2)]);
    await Promise.all([has(events, 1), has(values, 2), has(texts, 2)]);
    assert.deepEqual([events, values], [['far'], [1, 2]]);
    assert.deepEqual(
      texts,
      [live(1), live(2)].map(({ value }) => JSON.stringify(value)),
    );
    assert.equal(await client.get(`${channel}:van`), texts[1]);
    assert.ok((await client.ttl(`${channel}:van`)) > 3_500);
    client.destroy();
  });

  test('that is killed and comes back empty is heard again, with a word of what was missed', async () => {
    const { redis, one, two, events, values, missed } = await twoProcesses();
    const client = await stranger(redis.url);
    await one.bus.publish('things', [event('before')]);
    await has(events, 1);
    client.destroy();
    const killedAtMs = Date.now();
    await redis.kill();
    await assert.rejects(one.bus.publish('things', [event('lost')]), unavailable);
    const local: Live[] = [];
    one.bus.hear(channel, { heard: (value) => local.push(value) });
    one.bus.announce(channel, [live(1)]);
    assert.deepEqual(local, [live(1)]);
    assert.equal(await one.dropped(), 1);
    await assert.rejects(one.bus.check());

    await redis.start();
    await Promise.all([ready(one), ready(two)]);
    assert.ok(await has(missed, 2));
    assert.ok((missed[1] as number) < killedAtMs, 'missed since before it was killed');
    await one.bus.publish('things', [event('after')]);
    one.bus.announce(channel, [live(2)]);
    await Promise.all([has(events, 2), has(values, 1)]);
    assert.deepEqual([events, values], [['before', 'after'], [2]]);
    assert.deepEqual(two.said(), ['Redis is away; trying again until it is back', 'Redis is back']);
    await one.bus.check();
  });

  test('that stops without a word is noticed in time, and refused at once', async () => {
    const { redis, one, two, events } = await twoProcesses();
    redis.signal('SIGSTOP');
    const beganAtMs = performance.now();
    await assert.rejects(one.bus.publish('things', [event('late')]), unavailable);
    const refusedMs = performance.now() - beganAtMs;
    assert.ok(refusedMs < 1_500, `${refusedMs} ms until it was refused`);
    const leftMs = beganAtMs + 3_000 - performance.now();
    const noticed = [one, two].map(({ connected }) =>
      until(async () => !(await connected()) || undefined, leftMs),
    );
    assert.deepEqual(await Promise.all(noticed), [true, true], 'not noticed in 3 s');
    redis.signal('SIGCONT');
    await Promise.all([ready(one), ready(two)]);
    await one.bus.publish('things', [event('after')]);
    assert.ok(await until(() => events.includes('after') || undefined, waitMs));
  });

  test('loses no event when connections break', async () => {
    const { redis, one, two, events } = await twoProcesses();
    const client = await stranger(redis.url);
    for (const n of [1, 2, 3]) {
      const cut = client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
      const subjects = Array.from({ length: 50 }, (_, i) => `${n}-${i}`);
      const add = subjects.map((subject) =>
        client.xAdd('bazar:things', '*', { event: JSON.stringify(event(subject)) }),
      );
      // oxlint-disable-next-line no-await-in-loop -- one cut after the other
      await Promise.all([cut, ...add]);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await Promise.all([ready(one), ready(two)]);
    }
    assert.ok(await has(events, 150), `${events.length} of 150 heard`);
    const expected = [1, 2, 3].flatMap((n) => Array.from({ length: 50 }, (_, i) => `${n}-${i}`));
    assert.deepEqual(events, expected);
    client.destroy();
  });

  test('that is not there yet is waited for, and what listens already hears', async () => {
    const redis = await startRedis();
    await redis.kill();
    const one = openProcess(redis.url);
    const events: string[] = [];
    one.bus.subscribe('things', ({ subject }) => events.push(subject));
    await assert.rejects(one.bus.publish('things', [event('early')]), unavailable);
    await redis.start();
    await ready(one);
    await one.bus.publish('things', [event('now')]);
    assert.ok(await has(events, 1));
    assert.deepEqual(events, ['now']);
  });

  test('gives nobody its password', async () => {
    const redis = await startRedis('a-secret-word');
    const wrong = openProcess(redis.url.replace('a-secret-word', 'another-secret'));
    const right = openProcess(redis.url);
    await ready(right);
    assert.ok(await until(() => wrong.said()[0], waitMs));
    await assert.rejects(wrong.bus.check(), /WRONGPASS/);
    await assert.rejects(wrong.bus.publish('things', [event('no')]), unavailable);
    assert.doesNotMatch(wrong.logged() + right.logged(), /secret/);
    assert.throws(
      () => openProcess('redis//:secret@host'),
      (error: Error) => {
        assert.doesNotMatch(String(error.stack) + JSON.stringify(error), /secret/);
        return error instanceof RangeError;
      },
    );
  });
});
