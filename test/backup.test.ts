import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFile, chmod, cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { Order } from '../src/orders/shapes.ts';
import { until } from '../src/postgres/wait.ts';
import { serviceNames } from '../src/settings.ts';
import { violationsIn, violationsOnceSettled } from '../src/testing/books.ts';
import { keepBusy } from '../src/testing/busy.ts';
import { client, expectStatus, type Ask } from '../src/testing/http.ts';
import {
  initialise,
  makeDatabases,
  postgresPrograms,
  programsAreMissing,
  query,
  startServer,
  type Server,
} from '../src/testing/postgres.ts';
import { adminPassword, makeHome } from '../src/testing/process.ts';
import { addProduct, keyed, logInAsStaff, someone } from '../src/testing/shop.ts';
import { openYard, pathWith } from '../src/testing/yard.ts';

/** By the name of the service. */
type Urls = Record<string, string>;
type Bought = { id: string; isCancelled: boolean };

const scripts = join(import.meta.dirname, '../deploy/backup');
const settings = { poolMax: 4, drainMs: 0, demoVan: false, adminPassword, deadlineMs: 20_000 };
const buyers = { hands: 12, restMs: 10 };
/** Between two moments at which somebody looks. */
const ordersMin = 40;
const waitMsMax = 20_000;

const settingsOf = (urls: Urls) =>
  Object.fromEntries(Object.entries(urls).map(([name, url]) => [`${name}DatabaseUrl`, url]));

/** As the superuser of a server, by its socket. */
const urlsOn = ({ url }: Server): Urls =>
  Object.fromEntries(serviceNames.map((name) => [name, url.replace('/postgres?', `/${name}?`)]));

describe('a backup of a shop that sells', { skip: programsAreMissing }, async () => {
  const { home, yard, base, dumps, moments, productId } = await liveAndBackUp();

  test('recovers to a point in time: what was sold before is there, what was sold after is not', async () => {
    const { time, before, after } = moments.pointInTime;
    const [wal = '', data = ''] = ['wal', 'recovered'].map((name) => join(yard.folder, name));
    await yard.run(join(yard.folder, 'scripts/recover.sh'), [base, wal, data, time]);

    const server = await startServer(yard, 'recovered');
    await until(() => isPromoted(server), waitMsMax);

    const urls = urlsOn(server);
    const statuses = await statusesIn(urls);
    assert.deepEqual(lost(before, statuses), []);
    assert.ok(after.length > 0);
    assert.deepEqual(
      after.filter(({ id }) => statuses.has(id)),
      [],
    );
    assert.deepEqual(await violationsIn(urls), []);
    await server.stop();
  });

  test('restores to a shop that has what was sold before, adds up, and sells', async () => {
    const server = await startServer(yard, 'restored');
    const urls = await makeDatabases(server, serviceNames);

    const said = await restore(dumps, urls);

    assert.match(said, /^X1 {2}0 violations/m);
    assert.deepEqual(lost(moments.backup.before, await statusesIn(urls)), []);
    const bazar = await home.start({ ...settings, ...settingsOf(urls), holdSeconds: 3 });
    const ask = client([bazar.addresses.gateway ?? '']);
    await buy(ask, (await someone(ask)).accessToken, productId);
    assert.deepEqual(await violationsOnceSettled(urls), []);
    assert.equal(await bazar.stop(), 0);

    await assert.rejects(restore(dumps, urls), /is not empty/);
    await appendFile(join(dumps, 'orders.dump'), '!');
    await assert.rejects(restore(dumps, urls), /is damaged/);
    await server.stop();
  });
});

/** By us: the owner of the yard may have no way to where this checkout is. */
async function bringScripts(folder: string): Promise<void> {
  await cp(scripts, folder, { recursive: true });
  const names = await readdir(folder);
  await Promise.all(['.', ...names].map((name) => chmod(join(folder, name), 0o755)));
}

/** Sells under load, takes both kinds of backup meanwhile, and loses the server in the end. */
async function liveAndBackUp() {
  const yard = await openYard(postgresPrograms);
  await yard.run('mkdir', ['wal', 'dumps', 'bases']);
  await bringScripts(join(yard.folder, 'scripts'));
  await initialise(yard, ['first', 'restored']);
  const archive = `${join(yard.folder, 'scripts/archive-wal.sh')} ${join(yard.folder, 'wal')} %p %f`;
  const server = await startServer(yard, 'first', { archive_mode: 'on', archive_command: archive });
  const urls = await makeDatabases(server, serviceNames);
  const home = await makeHome();
  const bazar = await home.start({ ...settings, ...settingsOf(urls) });
  const shopping = await goShopping(client([bazar.addresses.gateway ?? '']));

  const [base, dumps, backup] = await Promise.all([
    yard.run(join(yard.folder, 'scripts/base-backup.sh'), ['bases'], server.environment),
    shopping.more(ordersMin).then(() => backUp(yard.folder, urls)),
    shopping.more(ordersMin).then(() => shopping.sold()),
  ]);
  await shopping.more(ordersMin);
  const before = shopping.sold();
  const [now] = await query<{ time: string }>(server.url, 'select clock_timestamp()::text as time');
  const begun = shopping.begun();
  await shopping.more(ordersMin);
  const after = shopping.sold().filter(({ n }) => n > begun);
  await shopping.stop();
  await query(server.url, 'select pg_switch_wal()');
  await bazar.stop();
  await server.stop();
  const moments = {
    backup: { before: backup },
    pointInTime: { time: now?.time ?? '', before, after },
  };
  return { home, yard, base, dumps, moments, productId: shopping.productId };
}

/** Customers who buy on and on, and now and then cancel what they have bought. */
async function goShopping(ask: Ask) {
  const staff = await logInAsStaff(ask);
  const { product } = await addProduct(ask, staff, { quantity: 1_000_000 });
  const { accessToken: token } = await someone(ask);
  const bought: (Bought & { n: number })[] = [];
  let begun = 0;
  const busy = keepBusy(buyers, async () => {
    begun += 1;
    const n = begun;
    const { id } = await buy(ask, token, product.id);
    const one = { n, id, isCancelled: false };
    bought.push(one);
    if (n % 3 > 0) return;
    expectStatus(await ask(`POST /v1/orders/${id}/cancel`, { token, headers: keyed() }), 200);
    one.isCancelled = true;
  });
  return {
    productId: product.id,
    begun: () => begun,
    sold: () => bought.map((one) => ({ ...one })),
    /** Waits until so many more were sold. */
    async more(count: number): Promise<void> {
      const enough = bought.length + count;
      assert.ok(await until(() => bought.length >= enough || undefined, waitMsMax));
    },
    stop: busy.stop,
  };
}

async function buy(ask: Ask, token: string, productId: string): Promise<Order> {
  const body = { lines: [{ productId, quantity: 1 }] };
  const answer = await ask('POST /v1/orders', { token, body, headers: keyed() });
  return expectStatus(answer, 201).body as Order;
}

async function backUp(folder: string, urls: Urls): Promise<string> {
  return runScript('backup.sh', join(folder, 'dumps'), urls);
}

async function restore(dumps: string, urls: Urls): Promise<string> {
  return runScript('restore.sh', dumps, urls);
}

/** Gives it the addresses as Bazar gets them. */
async function runScript(name: string, argument: string, urls: Urls): Promise<string> {
  const variables = Object.entries(urls).map(([service, url]) => [
    `${service.toUpperCase()}_DATABASE_URL`,
    url,
  ]);
  const env = { PATH: pathWith(postgresPrograms), ...Object.fromEntries(variables) };
  const { stdout } = await promisify(execFile)(join(scripts, name), [argument], { env });
  return stdout.trim();
}

async function isPromoted({ url }: Server): Promise<true | undefined> {
  const [row] = await query<{ done: boolean }>(url, 'select not pg_is_in_recovery() as done');
  return row?.done || undefined;
}

async function statusesIn(urls: Urls): Promise<Map<string, string>> {
  const text = 'select id, status from orders.orders';
  const rows = await query<{ id: string; status: string }>(urls['orders'] ?? '', text);
  return new Map(rows.map(({ id, status }) => [id, status]));
}

/** What was acknowledged, and is not there as it was. */
function lost(acknowledged: readonly Bought[], statuses: Map<string, string>): Bought[] {
  assert.ok(acknowledged.length >= ordersMin);
  return acknowledged.filter(({ id, isCancelled }) => {
    const status = statuses.get(id);
    return status !== 'X' && (isCancelled || status !== 'C');
  });
}
