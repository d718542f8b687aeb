import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { Client } from 'pg';
import { gone, kill, query, queryLater, said, scratch, type Scratch } from './testing.ts';

const writers = 4;
const acknowledgedMax = 60;

/** Starts a process with a server, and a table to write into. */
async function startForked(place: Scratch): Promise<{ url: string; nodePid: number; pid: number }> {
  const child = place.fork();
  const { url = '', error } = await said(child);
  assert.equal(error, undefined);
  await query(url, 'create table if not exists rows (id int primary key)');
  return { url, nodePid: child.pid ?? 0, pid: await place.serverPid() };
}

/** Numbers one after the other, each only when the work on the last is done. */
async function* numbers(first: number, step: number, below = Infinity): AsyncGenerator<number> {
  for (let number = first; number < below; number += step) yield number;
}

/** Inserts until the connection breaks, and tells of each row that was acknowledged. */
async function insertRows(url: string, ids: AsyncIterable<number>, onRow: (id: number) => void) {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    for await (const id of ids) {
      await client.query('insert into rows values ($1::int)', [id]);
      onRow(id);
    }
  } catch {
    // The server was killed, as the test wants it.
  }
  await client.end().catch(() => undefined);
}

test('comes back by itself when the server is killed, with everything in it', async (t) => {
  const { start, serverPid } = await scratch(t);
  const { url } = await start();
  await query(url, 'create table notes as select 42 as answer');

  const before = await serverPid();
  await kill(before);

  assert.deepEqual(await queryLater(url, 'select answer from notes'), [{ answer: 42 }]);
  assert.notEqual(await serverPid(), before);
});

test('comes back even when a killed server leaves busy processes behind', async (t) => {
  const { start, serverPid } = await scratch(t);
  const { url } = await start();
  const busy = query(url, 'select count(*) from generate_series(1, 8000000)').catch(() => 0);
  await queryLater(url, `select 1 / count(*) from pg_stat_activity where query like '%8000000%'`);

  await kill(await serverPid());

  assert.equal((await queryLater(url, 'select 1')).length, 1);
  await busy;
});

test('stops while the server is being started again', async (t) => {
  const { start, serverPid } = await scratch(t);
  const server = await start();
  await kill(await serverPid());

  await server.stop();

  await assert.rejects(serverPid(), /no server/);
  assert.ok((await start()).url, 'the directory is free again');
});

test('takes over from a Bazar that was killed, and ends the server it left behind', async (t) => {
  const place = await scratch(t);
  const { url, nodePid, pid } = await startForked(place);
  await query(url, 'insert into rows values (1)');
  await kill(nodePid);
  assert.equal((await query(url, 'select 1')).length, 1, 'the orphan lives on');

  const server = await place.start();

  await gone(pid);
  assert.notEqual(await place.serverPid(), pid);
  assert.deepEqual(await query(server.url, 'select id from rows'), [{ id: 1 }]);
});

test('starts after Bazar and server were killed together', async (t) => {
  const place = await scratch(t);
  const { url, nodePid, pid } = await startForked(place);
  await query(url, 'insert into rows values (1)');
  await Promise.all([kill(nodePid), kill(pid)]);

  const server = await place.start();

  assert.deepEqual(await query(server.url, 'select id from rows'), [{ id: 1 }]);
});

test('keeps the server alive when Ctrl-C hits everything in the terminal', async (t) => {
  const place = await scratch(t);
  const { url, nodePid } = await startForked(place);

  process.kill(-nodePid, 'SIGINT');
  await gone(nodePid);

  assert.equal((await query(url, 'select 1')).length, 1);
});

test('takes the server along when the process exits without stopping it', async (t) => {
  const place = await scratch(t);
  const child = place.fork();
  await said(child);
  const pid = await place.serverPid();

  child.send('exit');
  await once(child, 'exit');

  await gone(pid);
});

test('has every acknowledged row after ten kills at random moments', async (t) => {
  const place = await scratch(t);
  const acknowledged = new Set<number>();
  for await (const round of numbers(0, 1, 10)) {
    await killWhileInserting(place, { t, round, acknowledged });
  }

  const server = await place.start({});
  const rows = await query<{ id: number }>(server.url, 'select id from rows');

  const present = new Set(rows.map(({ id }) => id));
  assert.deepEqual(acknowledged.difference(present), new Set());
  assert.ok(acknowledged.size >= 10);
});

/** One round: Bazar, its server, or both are killed while several clients insert. */
async function killWhileInserting(
  place: Scratch,
  { t, round, acknowledged }: { t: TestContext; round: number; acknowledged: Set<number> },
): Promise<void> {
  const { url, nodePid, pid } = await startForked(place);
  const victims = [[pid, nodePid], [nodePid, pid], [nodePid]][round % 3] ?? [];
  const killAfter = 1 + Math.floor(Math.random() * acknowledgedMax);
  t.diagnostic(`round ${round}: kill after ${killAfter} rows`);
  const { promise: killed, resolve } = Promise.withResolvers<unknown>();
  let count = 0;
  const onRow = (id: number) => {
    acknowledged.add(id);
    count += 1;
    if (count === killAfter) resolve(Promise.all(victims.map((one) => kill(one))));
  };
  const inserting = Array.from({ length: writers }, (_, writer) =>
    insertRows(url, numbers(round * 1_000_000 + writer, writers), onRow),
  );
  await killed;
  if (!victims.includes(pid)) {
    // The orphan goes on working for its clients until the next Bazar takes over, in mid-insert.
    await (await place.start({})).stop();
  }
  await Promise.all(inserting);
}
