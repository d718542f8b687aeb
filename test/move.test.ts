import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Order } from '../src/orders/shapes.ts';
import { until } from '../src/postgres/wait.ts';
import { violationsOnceSettled } from '../src/testing/books.ts';
import { freshDatabaseUrl } from '../src/testing/database.ts';
import { client, expectStatus, type Ask } from '../src/testing/http.ts';
import { adminPassword, makeHome, type Settings } from '../src/testing/process.ts';
import { keyed, logIn, logInAsStaff, register } from '../src/testing/shop.ts';

const settings = { poolMax: 4, drainMs: 0, adminPassword, deadlineMs: 20_000 };
const waitMsMax = 10_000;
const van = '/v1/vehicles/demo-van/state';
const list = '/v1/products?limit=100';

type List = { items: { id: string }[] };
const read = async <T>(ask: Ask, path: string, token?: string): Promise<T> =>
  expectStatus(await ask(`GET ${path}`, { token }), 200).body as T;

test('moves from the embedded PostgreSQL to another one, and goes on where it was', async () => {
  const { data, start, launch } = await makeHome();
  const move = async (more: Settings) => {
    const { ended, stderr } = launch('move', { data, ...more });
    return [await ended, stderr()];
  };
  const databaseUrl = await freshDatabaseUrl();
  const old = await start(settings);
  const ask = client([old.addresses.gateway ?? '']);
  const { username } = await register(ask);
  const { accessToken: token } = await logIn(ask, username);
  const { items } = await read<List>(ask, list);
  const lines = items.slice(0, 2).map(({ id }) => ({ productId: id, quantity: 1 }));
  const body = { lines };
  const answer = await ask('POST /v1/orders', { token, body, headers: keyed() });
  const order = expectStatus(answer, 201).body as Order;
  const staff = await logInAsStaff(ask);
  const hasFix = async () =>
    (await ask(`GET ${van}`, { token: staff })).status === 200 || undefined;
  assert.ok(await until(hasFix, waitMsMax));
  const products = await read<List>(ask, list);
  const [running, why] = await move({ databaseUrl });
  assert.equal(await old.stop(), 0);

  const moved = await move({ databaseUrl });
  const again = await move({ databaseUrl });

  assert.deepEqual([running, moved], [1, [0, '']]);
  assert.match(String(why), /^bazar: Stop the Bazar of /);
  assert.match(String(again), /is not empty/);
  const fresh = await start({ ...settings, demoVan: false, databaseUrl });
  const there = client([fresh.addresses.gateway ?? '']);
  assert.deepEqual(await read(there, `/v1/orders/${order.id}`, token), order);
  assert.deepEqual(await read(there, list), products);
  await read(there, van, staff);
  const next = await there('POST /v1/orders', { token, body, headers: keyed() });
  const { number } = expectStatus(next, 201).body as Order;
  assert.ok(number > order.number, `${number} after ${order.number}`);
  assert.deepEqual(await violationsOnceSettled({ catalog: databaseUrl, orders: databaseUrl }), []);
});
