import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { createClient } from '@redis/client';
import type { Static } from 'typebox';
import { until } from '../src/postgres/wait.ts';
import { freshDatabaseUrl } from '../src/testing/database.ts';
import { client, expectStatus, type Ask } from '../src/testing/http.ts';
import { adminPassword, makeHome, servicePlaces, type Settings } from '../src/testing/process.ts';
import { redisIsMissing, startRedis, type TestRedis } from '../src/testing/redis.ts';
import type { systemApi } from '../src/gateway/system-api.ts';
import { keyed, logInAsStaff } from '../src/testing/shop.ts';
import type { Order } from '../src/orders/shapes.ts';

type System = Static<(typeof systemApi)['getSystem']['reply']>;

const waitMsMax = 15_000;

/** Two gateways, each with a tracker of its own, and one process with all the rest. */
async function startTown(redis: TestRedis) {
  const databaseUrl = await freshDatabaseUrl();
  const { start } = await makeHome();
  const { ports } = await servicePlaces();
  const shopUrl = `http://127.0.0.1:${ports.users}`;
  const common: Settings = {
    ...{ poolMax: 4, drainMs: 0, adminPassword, demoVan: false },
    ...{ usersUrl: shopUrl, catalogUrl: shopUrl, ordersUrl: shopUrl },
    trackingUrl: `http://127.0.0.1:${ports.tracking}`,
    databaseUrl,
    redisUrl: redis.url,
  };
  const shop = await start({
    ...common,
    target: 'users,catalog,orders',
    internalPort: ports.users,
  });
  const first = await start({ ...common, target: 'tracking', internalPort: ports.tracking });
  const second = await start({ ...common, target: 'tracking' });
  const gateways = await Promise.all(
    [first, second].map(({ addresses }) =>
      start({ ...common, target: 'gateway', trackingUrl: addresses.internal ?? '' }),
    ),
  );
  return {
    processes: [shop, first, second, ...gateways],
    gateways: gateways.map(({ addresses }) => addresses.gateway ?? ''),
  };
}

/** Follows a stream, and knows of each vehicle which of its moments were told. */
async function watch(gateway: string, token: string) {
  const leaving = new AbortController();
  const heard = new Set<string>();
  const types: string[] = [];
  const answer = await fetch(`${gateway}/v1/stream`, {
    headers: { authorization: `Bearer ${token}` },
    signal: leaving.signal,
  });
  assert.equal(answer.status, 200);
  let text = '';
  async function read(): Promise<void> {
    for await (const chunk of answer.body ?? []) {
      text += Buffer.from(chunk).toString();
      const frames = text.split('\n\n');
      text = frames.pop() ?? '';
      frames.forEach(note);
    }
  }
  function note(frame: string): void {
    const [, type = ''] = /^event: (.+)$/m.exec(frame) ?? [];
    const [, data = ''] = /^data: (.+)$/m.exec(frame) ?? [];
    if (type !== '') types.push(type);
    if (type !== 'fix.v1') return;
    const { subject, time } = JSON.parse(data) as { subject: string; time: string };
    heard.add(`${subject} ${time}`);
  }
  const over = read().catch(() => undefined);
  after(async () => {
    leaving.abort();
    await over;
  });
  const hasHeard = (wanted: readonly string[]) =>
    until(() => wanted.every((one) => heard.has(one)) || undefined, waitMsMax);
  assert.ok(await until(() => types.includes('snapshot') || undefined, waitMsMax));
  return { hasHeard, heard, types };
}

/** Whether all that it needs and uses has been asked, and has answered. */
function isWell({ targets, checks, postgres, redis }: System['processes'][number]): boolean {
  const isAsked = postgres.length > 0 || targets.includes('gateway');
  return isAsked && [...checks, ...postgres].every(({ ok }) => ok) && redis?.version !== undefined;
}

let second = 0;

/** Says where a vehicle is, at a moment that nobody has said before; says which. */
async function move(ask: Ask, token: string, vehicle: string): Promise<string> {
  second += 1;
  const timestamp = new Date(Date.now() - 600_000 + second * 1_000).toISOString();
  const body = { timestamp, latitude: 52 + second / 1_000, longitude: 13 };
  expectStatus(await ask(`POST /v1/vehicles/${vehicle}/fixes`, { token, body }), 200);
  return `${vehicle} ${timestamp}`;
}

describe('with Redis between two gateways and two trackers', { skip: redisIsMissing }, async () => {
  const redis = await startRedis();
  const { processes, gateways } = await startTown(redis);
  const [one = '', two = ''] = gateways;
  const [askOne, askTwo] = [client([one]), client([two])];
  const token = await logInAsStaff(askOne);

  async function readSystem(ask: Ask): Promise<System> {
    return expectStatus(await ask('GET /v1/system', { token }), 200).body as System;
  }

  test('each gateway sees every process, and how it is', { timeout: 60_000 }, async () => {
    const seenBy = (ask: Ask) =>
      until(async () => {
        const system = await readSystem(ask);
        const isSeen = system.processes.length === processes.length;
        return isSeen && system.processes.every(isWell) ? system : undefined;
      }, waitMsMax);

    const seen = await Promise.all([seenBy(askOne), seenBy(askTwo)]);

    const databases = ['catalog database', 'orders database', 'users database'];
    const expected = {
      gateway: ['catalog', 'orders', 'redis', 'tracking', 'users'],
      tracking: ['redis', 'tracking database', 'users'],
      'users,catalog,orders': [...databases, 'redis'].toSorted(),
    };
    const pids = new Set(processes.map(({ pid }) => pid));
    for (const system of seen) {
      assert.ok(system?.isWhole, 'not every process is seen, and well');
      assert.deepEqual(new Set(system.processes.map(({ pid }) => pid)), pids);
      const checked = system.processes.map(({ targets, checks }) => [
        targets.join(),
        checks.map(({ name }) => name).toSorted(),
      ]);
      assert.deepEqual(Object.fromEntries(checked), expected);
    }
  });

  test(
    'each sees what the other takes, and both go on without Redis and after it',
    {
      timeout: 90_000,
    },
    async () => {
      const [atOne, atTwo] = await Promise.all([watch(one, token), watch(two, token)]);

      const stranger = createClient({ url: redis.url });
      stranger.on('error', () => undefined);
      after(() => stranger.destroy());
      await stranger.connect();
      const texts: string[] = [];
      await stranger.subscribe('gps_state', (text) => texts.push(text));

      const near = await move(askOne, token, 'van-1');
      const far = await move(askTwo, token, 'van-2');
      assert.ok(await atOne.hasHeard([near, far]), 'the first has not heard all');
      assert.ok(await atTwo.hasHeard([near, far]), 'the second has not heard all');
      assert.ok(await until(() => texts.length >= 2 || undefined, waitMsMax));
      const { vehicle, latitude } = JSON.parse(texts[0] ?? '') as Record<string, unknown>;
      assert.deepEqual([vehicle, latitude], ['van-1', 52.001]);
      const order = async (): Promise<Order> => {
        const body = { lines: [{ productId: 'P002', quantity: 1 }] };
        const answer = await askTwo('POST /v1/orders', { token, body, headers: keyed() });
        return expectStatus(answer, 201).body as Order;
      };
      await order();
      assert.ok(await until(() => atOne.types.includes('order.placed.v1') || undefined, waitMsMax));

      await redis.kill();
      const isWhole = async () => (await readSystem(askOne)).isWhole;
      assert.ok(await until(async () => !(await isWhole()) || undefined, waitMsMax));
      const lost = await Promise.all([move(askOne, token, 'van-1'), move(askTwo, token, 'van-2')]);
      await order();
      expectStatus(await askOne('GET /v1/vehicles/van-2/state', { token }), 200);
      await redis.start();

      // What was said meanwhile comes out of history, and an order out of the outbox.
      assert.ok(await atOne.hasHeard(lost), 'the first has a gap');
      assert.ok(await atTwo.hasHeard(lost), 'the second has a gap');
      const later = [await move(askOne, token, 'van-1'), await move(askTwo, token, 'van-2')];
      assert.ok(await atOne.hasHeard(later), 'the first no longer hears');
      assert.ok(await atTwo.hasHeard(later), 'the second no longer hears');
      const orders = () => atOne.types.filter((type) => type === 'order.placed.v1').length >= 2;
      assert.ok(await until(() => orders() || undefined, waitMsMax), 'an order was not told');
    },
  );
});
