import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Client } from 'pg';
import { run as serve } from '../src/commands/serve.ts';
import { ConfigError } from '../src/config.ts';
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
/** A server that forgets nothing: the embedded one. */
const [durableUrl, keysHome] = await Promise.all([startDurable(), makeHome()]);
const keys = await makeKeys(keysHome);

async function startDurable(): Promise<string> {
  const { data, start } = await makeHome();
  await start({});
  const url = await joinPostgres(data);
  assert.ok(url);
  return url;
}

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

// What else is wrong, and how it is named, is in `src/config.test.ts`.
describe('a wrong setting stops the start and is named:', { concurrency: true }, () => {
  test('a flag that does not exist', async () => {
    assert.match(await refusal({ nonsense: 1 }), /--nonsense/);
  });
  test('a variable that does not exist', async () => {
    assert.match(await refusal({}, { BAZAR_FOO: '1' }), /no setting BAZAR_FOO/);
  });
});

// Said before anything is opened, so that it can be heard without a process.
test('production names what may never be, one thing after the other', async () => {
  const host = '--host=127.0.0.1';
  const steps: [lacks: RegExp, flags: string[]][] = [
    [/HOST must be set/, []],
    [/CRASH_AT must not be set/, [host, '--crash-at=afterReserve']],
    [/DATABASE_URL must be set/, [host]],
  ];
  for (const [lacks, flags] of steps) {
    const start = serve(flags, { BAZAR_MODE: 'production' });
    // oxlint-disable-next-line no-await-in-loop -- each step needs the ones before
    await assert.rejects(
      start,
      (error) => error instanceof ConfigError && lacks.test(error.message),
    );
  }
});

test('production names what it lacks, one thing after the other', async () => {
  const databaseUrl = await durableDatabase();
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
    // The server of the tests is one that forgets, or one that lets everybody in.
    [/may lose|superuser/, { host, databaseUrl: testServerUrl() }, {}],
    [/superuser without a password/, { host, databaseUrl: durableUrl }, {}],
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
  const databaseUrl = await durableDatabase();
  const environment = { ...keys, BAZAR_MODE: 'production' };
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

/** A database there of a test's own, with a role of its own for the shop. */
async function durableDatabase(): Promise<string> {
  const name = `shop_${randomBytes(6).toString('hex')}`;
  const superuser = new Client({ connectionString: durableUrl });
  await superuser.connect();
  await superuser.query(`create role ${name} login password 'a password of the shop'`);
  await superuser.query(`create database ${name} owner ${name}`);
  await superuser.end();
  const url = new URL(durableUrl);
  url.username = name;
  url.password = 'a password of the shop';
  url.pathname = `/${name}`;
  return url.href;
}

test('the keys of a running system are never overwritten', async () => {
  const { CURSOR_KEY_FILE = '' } = keys;
  const before = await readFile(CURSOR_KEY_FILE, 'utf8');

  const again = await outcome(keysHome.launch('keys', { out: join(keysHome.data, 'made') }));

  assert.equal(again.exitCode, 1);
  assert.equal(await readFile(CURSOR_KEY_FILE, 'utf8'), before);
});
