import assert from 'node:assert/strict';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pgDataOf } from './data-directory.ts';
import { isLocked } from './lock.ts';
import { joinPostgres, startPostgres } from './server.ts';
import { fast, kill, query, said, scratch, silent } from './testing.ts';
import { until } from './wait.ts';

test('keeps what was written when it is stopped and started again', async (t) => {
  const { start } = await scratch(t);
  const first = await start({});
  await query(first.url, 'create table notes as select 42 as answer');
  await first.stop();

  const second = await start({});

  assert.deepEqual(await query(second.url, 'select answer from notes'), [{ answer: 42 }]);
});

test('is durable, speaks UTF-8 in a fixed order and takes no network connections', async (t) => {
  const { start } = await scratch(t);
  const { url } = await start({});

  const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses'];
  const settings = await query(
    url,
    `select name, setting from pg_settings where name in ('${names.join("','")}') order by name`,
  );
  const [database] = await query(
    url,
    `select pg_encoding_to_char(encoding) as encoding, datlocprovider as provider, datlocale as locale
     from pg_database where datname = current_database()`,
  );

  assert.deepEqual(settings, [
    { name: 'fsync', setting: 'on' },
    { name: 'full_page_writes', setting: 'on' },
    { name: 'listen_addresses', setting: '' },
    { name: 'synchronous_commit', setting: 'on' },
  ]);
  assert.deepEqual(database, { encoding: 'UTF8', provider: 'b', locale: 'C.UTF-8' });
});

test('stops as often as it is told to, and leaves nothing running', async (t) => {
  const { dataDir, start } = await scratch(t);
  const server = await start();

  await Promise.all([server.stop(), server.stop()]);
  await server.stop();

  await assert.rejects(query(server.url, 'select 1'));
  const names = (await readdir(dataDir)).filter((name) => !name.startsWith('program-'));
  assert.deepEqual(names.toSorted(), ['bazar.lock', 'postgres', 'postgres.log']);
});

test('stops in time while a client is connected and busy', async (t) => {
  const { start } = await scratch(t);
  const server = await start();
  const busy = query(server.url, 'select pg_sleep(60)');
  const broken = assert.rejects(busy);

  await server.stop();

  await broken;
});

test('refuses a directory that another Bazar uses, and says which one', async (t) => {
  const { dataDir, start } = await scratch(t);
  const { url } = await start();

  await assert.rejects(start(), {
    message: new RegExp(`${dataDir} is in use by another Bazar \\(process ${process.pid}\\)`),
  });

  assert.equal((await query(url, 'select 1')).length, 1);
});

test('lets exactly one of several simultaneous starters win', async (t) => {
  const { fork } = await scratch(t);

  const results = await Promise.all([fork(), fork(), fork()].map(said));

  const errors = results.flatMap(({ error }) => error ?? []);
  assert.equal(errors.length, 2);
  for (const error of errors) assert.match(error, /in use by another Bazar \(process \d+\)/);
  const [winner] = results.flatMap(({ url }) => url ?? []);
  assert.equal((await query(winner ?? '', 'select 1')).length, 1);
});

test('can be joined while it runs, and only then', async (t) => {
  const { dataDir, start } = await scratch(t);
  assert.equal(await joinPostgres(dataDir), undefined);
  const server = await start();

  const url = await joinPostgres(dataDir);

  assert.equal(url, server.url);
  await server.stop();
  assert.equal(await joinPostgres(dataDir), undefined);
});

test('waits for a server that is just starting before it joins', async (t) => {
  const { dataDir, start } = await scratch(t);
  const starting = start();
  assert.ok(await until(async () => (await isLocked(dataDir)) || undefined, 10_000));
  assert.ok(!(await readdir(dataDir)).includes('postgres'), 'the data is still being made');

  const url = await joinPostgres(dataDir);

  assert.equal(url, (await starting).url);
});

test('does not join a server whose Bazar is gone', async (t) => {
  const { dataDir, fork } = await scratch(t);
  const child = fork();
  await said(child);
  await kill(child.pid ?? 0);

  assert.equal(await joinPostgres(dataDir), undefined);
});

test('works below a path that is too long for a socket', async (t) => {
  const { dataDir, start } = await scratch(t, join('long'.repeat(25), 'path'.repeat(25)));

  const server = await start();

  assert.doesNotMatch(decodeURIComponent(server.url), /longlong/);
  assert.equal(await joinPostgres(dataDir), server.url);
  assert.equal((await query(server.url, 'select 1')).length, 1);
});

test('works below a path full of odd characters', async (t) => {
  const { start } = await scratch(t, `it's ä, b & 100%`);

  const server = await start();

  assert.equal((await query(server.url, 'select 1')).length, 1);
});

test('refuses data of another major version', async (t) => {
  const { dataDir, start } = await scratch(t);
  await mkdir(pgDataOf(dataDir), { recursive: true });
  await writeFile(join(pgDataOf(dataDir), 'PG_VERSION'), '17\n');

  await assert.rejects(start(), /written by PostgreSQL 17, but this Bazar carries PostgreSQL 18/);
});

test('refuses a folder that holds something else', async (t) => {
  const { dataDir, start } = await scratch(t);
  await mkdir(pgDataOf(dataDir), { recursive: true });
  await writeFile(join(pgDataOf(dataDir), 'letter.txt'), 'Dear Sir');

  await assert.rejects(start(), /holds no PostgreSQL data/);
});

test('says in the words of the log why it does not start, and can then be corrected', async (t) => {
  const { start } = await scratch(t);

  await assert.rejects(start({ ...fast, shared_buffers: 'plenty' }), /invalid value.*plenty/s);

  assert.ok((await start()).url);
});

test('gives up a server that keeps dying, and still stops', async (t) => {
  const { dataDir, start, serverPid } = await scratch(t);
  await (await start()).stop();
  const { promise: givenUp, resolve } = Promise.withResolvers<Error>();
  const options = { dataDir, log: silent, settings: fast, onGiveUp: resolve };
  const server = await startPostgres(options);
  const pid = await serverPid();
  const control = join(pgDataOf(dataDir), 'global', 'pg_control');
  await rename(control, `${control}.away`);

  await kill(pid);

  assert.match((await givenUp).message, /keeps dying, 6 times .*pg_control/s);
  await server.stop();
  await rename(`${control}.away`, control);
  assert.ok((await start()).url);
});
