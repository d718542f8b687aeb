import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { freshDatabaseUrl, silent } from '../testing/database.ts';
import { constraintOf, isBadValue, openDatabase } from './database.ts';
import { createMetrics } from './metrics.ts';
import { migrate, pendingMigrations } from './migrate.ts';

const url = await freshDatabaseUrl();
const open = (connectionsMax = 5, at = url, metrics = createMetrics()) => {
  const options = {
    service: 'test',
    url: at,
    connectionsMax,
    log: silent,
    metrics,
  };
  const database = openDatabase(options);
  after(() => database.close());
  return database;
};
const database = open();

describe('the database', () => {
  test('gives counts as numbers and times as RFC 3339', async () => {
    const text = `select 9007199254740991::bigint as n, timestamptz '2026-01-02 03:04:05.678+00' as at`;
    const row = await database.one({ name: 'types', text });
    assert.deepEqual(row, { n: 9007199254740991, at: '2026-01-02T03:04:05.678Z' });
  });

  test('says that a connection is idle again after its work', async () => {
    const metrics = createMetrics();
    await open(1, url, metrics).one({ name: 'work', text: 'select 1' });
    const { values } = await metrics.poolConnections.get();
    const states = values.map(({ labels, value }) => `${labels.state} ${value}`);
    assert.deepEqual(states.toSorted(), ['busy 0', 'idle 1', 'waiting 0']);
  });

  test('refuses to round a number that is too large', async () => {
    const statement = { name: 'large', text: 'select 9007199254740992::bigint as n' };
    await assert.rejects(database.one(statement), /too large/);
    assert.deepEqual(await database.one({ name: 'after large', text: 'select 1 as n' }), { n: 1 });
  });

  test('undoes a transaction that fails, and keeps its connection', async () => {
    const one = open(1);
    await one.rows({ name: 'make', text: 'create table undone (id int primary key)' });
    const insert = { name: 'insert', text: 'insert into undone values ($1::int)' };
    const twice = one.transaction(async (transaction) => {
      await transaction.rows(insert, [1]);
      await transaction.rows(insert, [1]);
    });
    await assert.rejects(twice, (error) => constraintOf(error) === 'undone_pkey');
    const rows = await one.rows({ name: 'count', text: 'select * from undone' });
    assert.deepEqual(rows, []);
  });

  test('tells a bad value from a bad day', async () => {
    const statement = { name: 'cast', text: 'select $1::text::int' };
    await assert.rejects(database.rows(statement, ['x']), isBadValue);
    const slow = { name: 'slow', text: 'select pg_sleep(30)' };
    await assert.rejects(database.rows(slow), { code: 'deadlineExceeded' });
  });

  test('whose connection is killed says unavailable, and works again at once', async () => {
    const victim = open(1);
    const pid = { name: 'pid', text: 'select pg_backend_pid() as pid' };
    const { pid: before } = (await victim.one<{ pid: number }>(pid)) ?? assert.fail();
    const sleeping = victim.rows({ name: 'sleep', text: 'select pg_sleep(30)' });
    const refused = assert.rejects(sleeping, { code: 'unavailable' });
    const kill = {
      name: 'kill',
      text: `select pg_terminate_backend(pid) from pg_stat_activity
             where pid = $1::int and wait_event = 'PgSleep'`,
    };
    // Not before it sleeps, or another connection would sleep in its place.
    // oxlint-disable-next-line no-await-in-loop -- until it does
    while ((await database.rows(kill, [before])).length === 0);
    await refused;
    assert.notEqual((await victim.one<{ pid: number }>(pid))?.pid, before);
  });

  test('that is not there is unavailable', async () => {
    const nowhere = open(1, 'postgres://postgres@127.0.0.1:1/none');
    await assert.rejects(nowhere.one({ name: 'x', text: 'select 1' }), { code: 'unavailable' });
  });
});

describe('migrations', () => {
  async function folder(files: Record<string, string>): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), 'bazar-migrations-'));
    after(() => rm(directory, { recursive: true }));
    await Promise.all(
      Object.entries(files).map(([name, text]) => writeFile(join(directory, name), text)),
    );
    return directory;
  }

  test('run once, in order, although five processes start at the same time', async () => {
    const target = { schema: 'together', url, log: silent };
    const directory = await folder({
      '001-a.sql': 'create table together.counter (n int); insert into together.counter values (0)',
      '002-b.sql': 'update together.counter set n = n + 1',
    });
    assert.equal((await pendingMigrations({ ...target, directory })).length, 2);
    await Promise.all(Array.from({ length: 5 }, () => migrate({ ...target, directory })));
    const counter = await database.one({ name: 'n', text: 'select n from together.counter' });
    assert.deepEqual(counter, { n: 1 });
    assert.deepEqual(await pendingMigrations({ ...target, directory }), []);
  });

  test('leave nothing behind when one fails half way, and can be run again', async () => {
    const target = { schema: 'halfway', url, log: silent };
    const broken = await folder({ '001-a.sql': 'create table halfway.t (n int); select 1/0' });
    await assert.rejects(migrate({ ...target, directory: broken }), /001-a\.sql failed/);
    const mended = await folder({ '001-a.sql': 'create table halfway.t (n int)' });
    await migrate({ ...target, directory: mended });
  });

  test('that were changed after they ran stop the start', async () => {
    const target = { schema: 'edited', url, log: silent };
    await migrate({ ...target, directory: await folder({ '001-a.sql': 'select 1' }) });
    const edited = await folder({ '001-a.sql': 'select 2' });
    await assert.rejects(migrate({ ...target, directory: edited }), /was changed/);
  });
});
