import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openProxy } from '../src/faults/proxy.ts';
import type { Order } from '../src/orders/shapes.ts';
import { until } from '../src/postgres/wait.ts';
import type { ServiceName } from '../src/settings.ts';
import { freshDatabaseUrl } from '../src/testing/database.ts';
import { client, type Answer, type Ask } from '../src/testing/http.ts';
import { adminPassword, makeHome, type Home, type Running } from '../src/testing/process.ts';
import { addProduct, keyed, logInAsStaff, readPages, someone } from '../src/testing/shop.ts';

const services = ['users', 'catalog', 'orders'] as const satisfies readonly ServiceName[];
const targets = [...services, 'gateway'] as const;
type Target = (typeof targets)[number];

/** Enough to keep every process busy, and little enough that a start beside it finds a processor. */
const buyers = 12;
const restMs = 40;
/** So often a balancer asks who is ready; whoever stops goes on for longer. */
const lookMs = 100;
const settings = {
  drainMs: 700,
  // Nobody asks where anything is.
  trackingUrl: 'http://127.0.0.1:1',
  poolMax: 4,
  adminPassword,
  callerPerMinuteMax: 1_000_000,
  addressPerMinuteMax: 1_000_000,
};

test('every process in turn is stopped and replaced, and no order that is placed meanwhile fails', async () => {
  const town = await startTown();
  const ask = client([town.url], buyers);
  const staff = await logInAsStaff(ask);
  const { product } = await addProduct(ask, staff, { quantity: 1_000_000 });
  const { accessToken: token, user } = await someone(ask);
  const body = { lines: [{ productId: product.id, quantity: 1 }] };
  const shopping = shopOnAndOn(() => ask('POST /v1/orders', { token, body, headers: keyed() }));

  await town.replaceAll();
  const answers = await shopping.stop();

  const failed = answers.filter((answer) => typeof answer === 'string' || answer.status !== 201);
  assert.deepEqual(failed.map(String), []);
  assert.ok(answers.length > 100, `only ${answers.length} orders`);
  const placed = answers.map((answer) => ((answer as Answer).body as Order).id);
  const kept = await ordersOf(ask, staff, user.id);
  assert.deepEqual(new Set(kept), new Set(placed));
});

/** Buys with many hands until told to stop; then all answers, and of what has failed the reason. */
function shopOnAndOn(buy: () => Promise<Answer>) {
  const answers: (Answer | string)[] = [];
  let isOver = false;
  async function buyer(): Promise<void> {
    answers.push(await buy().catch((error: Error) => `${error.message} ${String(error.cause)}`));
    if (isOver) return;
    await sleep(restMs);
    await buyer();
  }
  const all = Promise.all(Array.from({ length: buyers }, buyer));
  return {
    async stop() {
      isOver = true;
      await all;
      return answers;
    },
  };
}

async function ordersOf(ask: Ask, token: string, userId: string): Promise<string[]> {
  const orders = await readPages<Order>(
    (cursor) => ask(`GET /v1/orders?limit=100&userId=${userId}${cursor}`, { token }),
    () => false,
  );
  return orders.map(({ id }) => id);
}

/** Two replicas of everything, each kind behind a balancer that calls those who are ready. */
async function startTown() {
  const home = await makeHome();
  const databaseUrl = await freshDatabaseUrl();
  const replicas = new Map<Target, Replica[]>(targets.map((target) => [target, []]));
  const readyOnes = (target: Target) =>
    (replicas.get(target) ?? []).filter(({ isReady }) => isReady()).map(({ place }) => place);
  const proxies = await Promise.all(
    targets.map((target) => openProxy({ targets: () => readyOnes(target), random: Math.random })),
  );
  after(() => Promise.all(proxies.map(({ close }) => close())));
  const urlOf = (target: Target) => `http://127.0.0.1:${proxies[targets.indexOf(target)]?.port}`;
  const urls = Object.fromEntries(services.map((name) => [`${name}Url`, urlOf(name)]));
  const start = (target: Target) =>
    startReplica(home, { ...settings, databaseUrl, ...urls, target });

  async function replaceAll(): Promise<void> {
    for (const target of targets) {
      const both = replicas.get(target) ?? [];
      for (const [i, replica] of both.entries()) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other is what it is about
        assert.equal(await replica.running.stop(), 0);
        // oxlint-disable-next-line no-await-in-loop -- as above
        both[i] = await start(target);
      }
    }
  }
  for (const target of [...targets, ...targets]) {
    // oxlint-disable-next-line no-await-in-loop -- the first of each brings the schema up to date
    replicas.get(target)?.push(await start(target));
  }
  return { url: urlOf('gateway'), replaceAll };
}

type Replica = {
  running: Running;
  place: { host: string; port: number };
  /** As its balancer knows it, which asks every so often. */
  isReady: () => boolean;
};

async function startReplica(
  { start }: Home,
  all: Record<string, string | number>,
): Promise<Replica> {
  const running = await start(all);
  const { gateway, internal, metrics } = running.addresses;
  const { hostname, port } = new URL(gateway ?? internal ?? '');
  let ready = true;
  const look = async () => {
    const answer = await fetch(`${metrics}/health/ready`).catch(() => undefined);
    ready = answer?.status === 200;
    return running.isOver() || undefined;
  };
  const watching = until(look, 120_000, lookMs);
  after(() => watching);
  return { running, place: { host: hostname, port: Number(port) }, isReady: () => ready };
}
