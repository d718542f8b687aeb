import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createClient } from '@redis/client';
import { until } from '../postgres/wait.ts';
import { redisIsMissing, startRedis } from '../testing/redis.ts';
import type { CloudEvent } from './bus.ts';
import { event, has, openProcess, ready, waitMs } from './testing-bus.ts';

const ofThings = { topic: 'things', group: 'a' };

describe('a consumer through Redis', { skip: redisIsMissing }, () => {
  test('takes over what another one has begun and not done', async () => {
    const redis = await startRedis();
    const [one, two] = [openProcess(redis.url), openProcess(redis.url)];
    const begun: string[] = [];
    const done: string[] = [];
    const never = ({ subject }: CloudEvent) => {
      begun.push(subject);
      return new Promise<void>(() => undefined);
    };
    one.bus.consume({ ...ofThings, handle: never });
    await ready(one);
    await one.bus.publish('things', [event('left')]);
    await has(begun, 1);
    two.bus.consume({ ...ofThings, handle: async ({ subject }) => void done.push(subject) });
    assert.ok(await has(done, 1));
    assert.deepEqual(done, ['left']);
  });

  test('puts aside what fails ten times, and goes on with the rest', async () => {
    const redis = await startRedis();
    const one = openProcess(redis.url, 20);
    const done: string[] = [];
    let failures = 0;
    const handle = async ({ subject }: CloudEvent) => {
      if (subject === 'poison') {
        failures += 1;
        throw new Error('Never, says the test');
      }
      done.push(subject);
    };
    one.bus.consume({ ...ofThings, handle });
    await ready(one);
    await one.bus.publish('things', [event('poison'), event('food')]);
    assert.ok(await has(done, 1));
    const client = await createClient({ url: redis.url }).connect();
    const aside = await until(async () => {
      const [found] = (await client.xRange('bazar:things:dead', '-', '+')) ?? [];
      return found;
    }, waitMs);
    assert.deepEqual(aside?.message['group'], 'a');
    assert.deepEqual(JSON.parse(aside?.message['event'] ?? ''), event('poison'));
    assert.equal(failures, 10);
    assert.equal((await client.xPending('bazar:things', 'a')).pending, 0);
    client.destroy();
  });

  test('goes on when Redis has forgotten its group', async () => {
    const redis = await startRedis();
    const one = openProcess(redis.url);
    const done: string[] = [];
    one.bus.consume({ ...ofThings, handle: async ({ subject }) => void done.push(subject) });
    await ready(one);
    await one.bus.publish('things', [event('before')]);
    await has(done, 1);
    await redis.kill();
    await redis.start();
    await ready(one);
    await one.bus.publish('things', [event('after')]);
    assert.ok(await has(done, 2));
    assert.deepEqual(done, ['before', 'after']);
  });
});
