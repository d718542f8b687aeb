import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openProxy } from '../src/faults/proxy.ts';
import type { Order } from '../src/orders/shapes.ts';
import { migrate } from '../src/platform/migrate.ts';
import { until } from '../src/postgres/wait.ts';
import { serviceNames } from '../src/settings.ts';
import { findBefore } from '../src/testing/before.ts';
import { violationsOnceSettled } from '../src/testing/books.ts';
import { keepBusy } from '../src/testing/busy.ts';
import { freshDatabaseUrl, migrationsOf, silent } from '../src/testing/database.ts';
import { client, type Answer, type Ask } from '../src/testing/http.ts';
import { adminPassword, makeHome, type Home, type Running } from '../src/testing/process.ts';
import { addProduct, keyed, logInAsStaff, readPages, someone } from '../src/testing/shop.ts';

/** Who is in a process with whom: every call on the way of an order goes from one to another. */
const targets = ['orders', 'catalog', 'gateway,users'] as const;
type Target = (typeof targets)[number];
/** Each has a balancer. */
const doors = ['orders', 'catalog', 'users', 'gateway'] as const;
type Door = (typeof doors)[number];

/** Enough to keep every process busy, and little enough that a start beside it finds a processor. */
const buyers = { hands: 6, restMs: 60 };
/** So often a balancer asks who is ready; whoever stops goes on for longer. */
const lookMs = 100;
const ordersMin = 50;
const waitMsMax = 30_000;
const settings = {
  drainMs: 1_000,
  // Nobody asks where anything is.
  trackingUrl: 'http://127.0.0.1:1',
  poolMax: 4,
  adminPassword,
  // A busy machine is not what this is about.
  deadlineMs: 20_000,
  callerPerMinuteMax: 1_000_000,
  addressPerMinuteMax: 1_000_000,
};

const before = await findBefore();
const what = 'is replaced by one of this version while orders are placed, and none fails';

if (before.missing) {
  test(`every process of the version before ${what}`, { skip: before.missing });
}
test(`every process ${before.missing ? '' : 'of the version before '}${what}`, async () => {
  const databaseUrl = await freshDatabaseUrl();
  const town = await startTown(databaseUrl, before.source);
  const ask = client([town.url], buyers.hands);
  const shopping = await goShopping(ask);

  // The tables first, under those who do not know them; one of those can still be started.
  await migrateAll(databaseUrl);
  await town.replace('orders', 0, 'before');
  await shopping.more(ordersMin);
  for (const i of [0, 1]) {
    for (const target of targets) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what it is about
      await town.replace(target, i, 'now');
      // oxlint-disable-next-line no-await-in-loop -- as above
      await shopping.more(1);
    }
  }
  const answers = await shopping.stop();

  const failed = answers.filter((answer) => typeof answer === 'string' || answer.status > 201);
  assert.deepEqual(failed.map(String), []);
  assert.deepEqual(new Set(await shopping.kept()), new Set(shopping.placed()));
  assert.deepEqual(await violationsOnceSettled({ catalog: databaseUrl, orders: databaseUrl }), []);
});

/** Buys with many hands, and now and then cancels what was bought. */
async function goShopping(ask: Ask) {
  const staff = await logInAsStaff(ask);
  const { product } = await addProduct(ask, staff, { quantity: 1_000_000 });
  const { accessToken: token, user } = await someone(ask);
  const body = { lines: [{ productId: product.id, quantity: 1 }] };
  const answers: (Answer | string)[] = [];
  const placed: string[] = [];
  async function send(path: string, content: object): Promise<Answer | undefined> {
    const answer = await ask(path, { token, headers: keyed(), ...content }).catch(
      (error: Error) => `${error.message} ${String(error.cause)}`,
    );
    answers.push(answer);
    return typeof answer === 'string' || answer.status > 201 ? undefined : answer;
  }
  const busy = keepBusy(buyers, async () => {
    const answer = await send('POST /v1/orders', { body });
    if (!answer) return;
    const { id } = answer.body as Order;
    placed.push(id);
    if (placed.length % 5 === 0) await send(`POST /v1/orders/${id}/cancel`, {});
  });
  return {
    placed: () => placed,
    kept: () => ordersOf(ask, staff, user.id),
    async more(count: number): Promise<void> {
      const enough = placed.length + count;
      assert.ok(await until(() => placed.length >= enough || undefined, waitMsMax));
    },
    async stop() {
      await busy.stop();
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
async function startTown(databaseUrl: string, source: string | undefined) {
  const homes = { before: await makeHome(source), now: await makeHome() };
  const replicas = new Map<Target, Replica[]>(targets.map((target) => [target, []]));
  const { url, ...urls } = await openBalancers((door) => {
    const target = targets.find((one) => one.split(',').includes(door)) ?? 'orders';
    const ready = (replicas.get(target) ?? []).filter(({ isReady }) => isReady());
    return ready.map(({ running }) => placeOf(running, door));
  });
  const start = (target: Target, version: keyof typeof homes) => {
    // One data directory, for the keys that all must know are in it.
    const { data } = homes.now;
    return startReplica(homes[version], { ...settings, ...urls, databaseUrl, data, target });
  };

  for (const target of [...targets, ...targets]) {
    // oxlint-disable-next-line no-await-in-loop -- the first of each brings the schema up to date
    replicas.get(target)?.push(await start(target, 'before'));
  }
  return {
    url,
    async replace(target: Target, i: number, version: keyof typeof homes): Promise<void> {
      const both = replicas.get(target) ?? [];
      assert.equal(await both[i]?.running.stop(), 0);
      both[i] = await start(target, version);
    },
  };
}

/** Where the services are, by the settings that say so, and where the public door is. */
async function openBalancers(placesOf: (door: Door) => Place[]) {
  const open = async (door: Door) => {
    const proxy = await openProxy({ targets: () => placesOf(door), random: Math.random });
    after(proxy.close);
    return `http://127.0.0.1:${proxy.port}`;
  };
  const [ordersUrl = '', catalogUrl = '', usersUrl = '', url = ''] = await Promise.all(
    doors.map(open),
  );
  return { ordersUrl, catalogUrl, usersUrl, url };
}

type Place = { host: string; port: number };

function placeOf({ addresses }: Running, door: Door): Place {
  const { hostname, port } = new URL(addresses[door === 'gateway' ? door : 'internal'] ?? '');
  return { host: hostname, port: Number(port) };
}

type Replica = {
  running: Running;
  /** As its balancer knows it, which asks every so often. */
  isReady: () => boolean;
};

async function startReplica(
  { start }: Home,
  all: Record<string, string | number>,
): Promise<Replica> {
  const running = await start(all);
  let ready = true;
  const look = async () => {
    const answer = await fetch(`${running.addresses.metrics}/health/ready`).catch(() => undefined);
    ready = answer?.status === 200;
    return running.isOver() || undefined;
  };
  const watching = until(look, 120_000, lookMs);
  after(() => watching);
  return { running, isReady: () => ready };
}

async function migrateAll(url: string): Promise<void> {
  const all = serviceNames.map((schema) => ({
    schema,
    directory: migrationsOf(schema),
    url,
    log: silent,
  }));
  await Promise.all(all.map(migrate));
}
