import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Order } from '../src/orders/shapes.ts';
import { until } from '../src/postgres/wait.ts';
import { freePort } from '../src/testing/free-port.ts';
import { freshDatabaseUrl } from '../src/testing/database.ts';
import { client, expectStatus } from '../src/testing/http.ts';
import { query } from '../src/testing/postgres.ts';
import { adminPassword, makeHome } from '../src/testing/process.ts';
import { addProduct, keyed, logInAsStaff, someone } from '../src/testing/shop.ts';
import { openYard, pathWith } from '../src/testing/yard.ts';

const shipped = join(import.meta.dirname, '../deploy/pgbouncer/pgbouncer.ini');
/** As the documentation says it; the data is in the database of this file only. */
const limits = {
  statement_timeout: '20s',
  lock_timeout: '2s',
  idle_in_transaction_session_timeout: '5s',
};
const orders = 200;
const waitMsMax = 10_000;

const { stdout } = spawnSync('pgbouncer', ['--version'], {
  env: { PATH: pathWith('/usr/sbin') },
  encoding: 'utf8',
});
const [, version] = /^PgBouncer 1\.(\d+)/.exec(stdout ?? '') ?? [];
const isMissing = version === undefined && 'pgbouncer is not installed: apt-get install pgbouncer';
const isOld = Number(version) < 21 && `pgbouncer 1.${version} is here; it takes 1.21`;

describe('through PgBouncer Bazar sells,', () => {
  test('with a connection for each session', { skip: isMissing }, () => sellThrough('session'));
  test('with a connection for each transaction', { skip: isMissing || isOld }, () =>
    sellThrough('transaction'),
  );
});

async function sellThrough(mode: 'session' | 'transaction'): Promise<void> {
  const direct = await freshDatabaseUrl();
  const { launch, start } = await makeHome();
  const migrated = launch('migrate', { databaseUrl: direct });
  assert.equal(await migrated.ended, 0, migrated.stderr());
  const databaseUrl = await bounce(direct, mode);
  const shop = { demoVan: false, adminPassword, migrateOnStart: false };

  const bazar = await start({ ...shop, poolMax: 4, drainMs: 0, deadlineMs: 20_000, databaseUrl });

  const ask = client([bazar.addresses.gateway ?? '']);
  const { product } = await addProduct(ask, await logInAsStaff(ask), { quantity: orders });
  const { accessToken: token } = await someone(ask);
  const body = { lines: [{ productId: product.id, quantity: 1 }] };
  const placed = await Promise.all(
    Array.from({ length: orders }, () => ask('POST /v1/orders', { token, body, headers: keyed() })),
  );
  const [first] = placed.map((answer) => expectStatus(answer, 201).body as Order);
  const path = `/v1/orders/${first?.id}`;
  expectStatus(await ask(`POST ${path}/cancel`, { token, headers: keyed() }), 200);
  const read = expectStatus(await ask(`GET ${path}`, { token }), 200).body as Order;
  assert.equal(read.status, 'cancelled');
  assert.equal(await bazar.stop(), 0);
  // What is set for a role outlives what PgBouncer does between two who use a connection.
  for (const [name, value] of Object.entries(limits)) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other gets the same connection
    const [row] = await query<Record<string, string>>(databaseUrl, `show ${name}`);
    assert.equal(row?.[name], value);
  }
}

/** Puts a PgBouncer with the shipped settings before a database; gives its address there. */
async function bounce(direct: string, mode: string): Promise<string> {
  const { hostname, port, username, pathname, searchParams } = new URL(direct);
  const [database] = [pathname.slice(1)];
  const set = Object.entries(limits).map(
    ([name, value]) => `alter role ${username} in database ${database} set ${name} = '${value}'`,
  );
  await query(direct, set.join(';'));
  const { folder, launch } = await openYard('/usr/sbin');
  const own = String(await freePort());
  const host = searchParams.get('host') ?? hostname;
  const users = join(folder, 'users.txt');
  const text = (await readFile(shipped, 'utf8'))
    .replace(/^bazar = .*$/m, `bazar = host=${host} port=${port} dbname=${database}`)
    .replace(/^(listen_addr) = .*$/m, '$1 = 127.0.0.1')
    .replace(/^(listen_port) = .*$/m, `$1 = ${own}`)
    .replace(/^(auth_file) = .*$/m, `$1 = ${users}`)
    .replace(/^(pool_mode) = .*$/m, `$1 = ${mode}`);
  await writeFile(join(folder, 'pgbouncer.ini'), `${text}unix_socket_dir =\n`);
  await writeFile(users, `"${username}" "secret"\n`);
  const bouncer = launch('pgbouncer', ['-q', join(folder, 'pgbouncer.ini')]);
  const url = `postgresql://${username}:secret@127.0.0.1:${own}/bazar`;
  const answers = () =>
    query(url, 'select').then(
      () => true,
      () => undefined,
    );
  assert.ok(await until(answers, waitMsMax), bouncer.said());
  return url;
}
