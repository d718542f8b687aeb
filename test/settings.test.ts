import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Client } from 'pg';
import { joinPostgres } from '../src/postgres/server.ts';
import { freshDatabaseUrl, testServerUrl } from '../src/testing/database.ts';
import { client, expectStatus } from '../src/testing/http.ts';
import {
  makeHome,
  type Home,
  type Launched,
  type Settings,
  servicePlaces,
} from '../src/testing/process.ts';
import { serviceNames } from '../src/settings.ts';
import { logIn, password } from '../src/testing/shop.ts';

type Environment = Record<string, string>;

const nowhere = 'postgres://nobody:secret-of-nobody@127.0.0.1:1/none';
const anyPorts = { port: 0, internalPort: 0, metricsPort: 0 };

/** Starts what cannot start, and gives what it says for a reason. */
async function refusal(settings: Settings, environment: Environment = {}): Promise<string> {
  const { data, launch } = await makeHome();
  const launched = launch('serve', { ...anyPorts, data, ...settings }, environment);
  assert.equal(await launched.ended, 1, launched.stderr());
  assert.ok(!launched.stderr().includes('.ts:'), launched.stderr());
  return launched.stderr();
}

async function outcome({ ended, log, stderr }: Launched) {
  const exitCode = await ended;
  return { exitCode, lines: log.map(({ msg }) => msg ?? ''), stderr: stderr() };
}

/** The secrets of a production, as `keys` makes them, by the variables that take them. */
async function makeKeys(home: Home): Promise<Environment> {
  const made = await outcome(home.launch('keys', { out: join(home.data, 'made') }));
  assert.equal(made.exitCode, 0, made.stderr);
  return Object.fromEntries(made.lines.map((line) => line.split('=') as [string, string]));
}

describe('a wrong setting stops the start and is named:', { concurrency: true }, () => {
  test('a flag of the wrong form', async () => {
    assert.match(await refusal({ port: 'abc' }), /PORT must be integer/);
  });
  test('a flag that does not exist', async () => {
    assert.match(await refusal({ nonsense: 1 }), /--nonsense/);
  });
  test('a variable that does not exist', async () => {
    assert.match(await refusal({}, { BAZAR_FOO: '1' }), /no setting BAZAR_FOO/);
    assert.match(await refusal({}, { ORDER_DATABASE_URL: nowhere }), /ORDER_DATABASE_URL/);
  });
  test('a target that does not exist', async () => {
    assert.match(await refusal({ target: 'kitchen' }), /TARGET/);
  });
  test('a neighbour without an address', async () => {
    assert.match(await refusal({ target: 'gateway', usersUrl: 'http://a' }), /CATALOG_URL/);
  });
  test('a secret that is given twice', async () => {
    const twice = { ADMIN_PASSWORD: password, ADMIN_PASSWORD_FILE: '/dev/null' };
    assert.match(await refusal({}, twice), /either ADMIN_PASSWORD or ADMIN_PASSWORD_FILE/);
  });
});

test('production names what it lacks, one thing after the other', async () => {
  const home = await makeHome();
  const [keys, { superuserUrl, databaseUrl }] = await Promise.all([
    makeKeys(home),
    durableDatabase(home),
  ]);
  const { CURSOR_KEY_FILE = '', TOKEN_KEYS_FILE = '' } = keys;
  const host = '127.0.0.1';
  const served = { host, databaseUrl, migrateOnStart: true };
  const away = 'http://127.0.0.1:1';
  const split = {
    ...served,
    target: 'users',
    catalogUrl: away,
    ordersUrl: away,
    trackingUrl: away,
  };

  const steps: [lacks: RegExp, settings: Settings, environment: Environment][] = [
    [/HOST must be set/, {}, {}],
    [/CRASH_AT must not be set/, { host, crashAt: 'afterReserve' }, {}],
    [/DATABASE_URL must be set/, { host }, {}],
    // The server of the tests is one that forgets, or one that lets everybody in.
    [/may lose|superuser/, { host, databaseUrl: testServerUrl() }, {}],
    [/superuser without a password/, { host, databaseUrl: superuserUrl }, {}],
    [/lacks 001-.*bazar -- migrate/, { host, databaseUrl }, {}],
    [/(CURSOR_KEY|TOKEN_KEYS) .*must be set/, served, {}],
    [/TOKEN_KEYS .*must be set/, served, { CURSOR_KEY_FILE }],
    [/CURSOR_KEY .*must be set/, served, { TOKEN_KEYS_FILE }],
    [/SERVICE_KEYS .*must be set/, split, { CURSOR_KEY_FILE, TOKEN_KEYS_FILE }],
  ];
  for (const [lacks, settings, environment] of steps) {
    const production = { BAZAR_MODE: 'production', ...environment };
    // oxlint-disable-next-line no-await-in-loop -- each step needs the ones before
    assert.match(await refusal(settings, production), lacks);
  }
});

test('the settings in force are shown without secrets', async () => {
  const home = await makeHome();
  const settings = { databaseUrl: nowhere, adminPassword: password, port: 8_123 };
  const { exitCode, lines } = await outcome(home.launch('config', settings));

  const text = lines.join('\n');
  assert.equal(exitCode, 0);
  assert.match(text, /^DATABASE_URL=\*{8}$/m);
  assert.match(text, /^PORT=8123$/m);
  assert.ok(!text.includes('secret-of-nobody') && !text.includes(password));
});

test('a start leaves an old schema alone if so told, and says what brings it up to date', async () => {
  const home = await makeHome();
  const databaseUrl = await freshDatabaseUrl();
  const settings = { databaseUrl, migrateOnStart: false };

  assert.match(await refusal(settings), /lacks 001-.*npm run bazar -- migrate/);
  assert.equal(await home.launch('migrate', { databaseUrl }).ended, 0);
  assert.equal(await home.launch('migrate', { databaseUrl }).ended, 0);

  const bazar = await home.start(settings);
  assert.equal((await fetch(`${bazar.addresses.gateway}/v1/products/P001`)).status, 200);
  assert.equal(await bazar.stop(), 0);
});

test('production starts as separate services with the keys that were made for it', async () => {
  const home = await makeHome();
  const { databaseUrl } = await durableDatabase(home);
  const environment = { ...(await makeKeys(home)), BAZAR_MODE: 'production' };
  const { ports, urls } = await servicePlaces();
  const common = { host: '127.0.0.1', databaseUrl, ...urls };
  for (const target of serviceNames) {
    // oxlint-disable-next-line no-await-in-loop -- few and short ones
    const migrated = await outcome(home.launch('migrate', { ...common, target }, environment));
    assert.equal(migrated.exitCode, 0, migrated.stderr);
  }

  const [gateway] = await Promise.all([
    home.start({ ...common, target: 'gateway' }, environment),
    ...serviceNames.map((target) =>
      home.start({ ...common, target, internalPort: ports[target] }, environment),
    ),
  ]);
  const ask = client([gateway.addresses.gateway ?? '']);
  const none = expectStatus(await ask('GET /v1/products'), 200);
  assert.deepEqual(none.body, { items: [] });
  assert.equal(none.headers['strict-transport-security'], 'max-age=63072000');
  assert.equal(gateway.stderr(), '');

  const admin = { ADMIN_PASSWORD: password, ...environment };
  const made = await outcome(
    home.launch('staff', { ...common, target: 'users', username: 'boss' }, admin),
  );
  assert.equal(made.exitCode, 0, made.stderr);
  assert.equal((await logIn(ask, 'boss')).user.role, 'staff');
});

/** A server that forgets nothing, with a role of its own for the shop: the embedded one. */
async function durableDatabase(home: Home) {
  await home.start({});
  const superuserUrl = await joinPostgres(home.data);
  assert.ok(superuserUrl);
  const owner = new Client({ connectionString: superuserUrl });
  await owner.connect();
  await owner.query(`create role shop login password 'a password of the shop'`);
  await owner.query('create database shop owner shop');
  await owner.end();
  const url = new URL(superuserUrl);
  url.username = 'shop';
  url.password = 'a password of the shop';
  url.pathname = '/shop';
  return { superuserUrl, databaseUrl: url.href };
}

test('the keys of a running system are never overwritten', async () => {
  const home = await makeHome();
  const { CURSOR_KEY_FILE = '' } = await makeKeys(home);
  const before = await readFile(CURSOR_KEY_FILE, 'utf8');

  const again = await outcome(home.launch('keys', { out: join(home.data, 'made') }));

  assert.equal(again.exitCode, 1);
  assert.equal(await readFile(CURSOR_KEY_FILE, 'utf8'), before);
});
