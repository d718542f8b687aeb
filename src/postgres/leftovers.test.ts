import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pgDataOf } from './data-directory.ts';
import { isPostmaster, readPidFile } from './postmaster.ts';
import { gone, kill, query, scratch } from './testing.ts';
import { until } from './wait.ts';

for (const [what, text] of [
  ['empty', ''],
  ['garbage', 'once upon a time\n'],
  ['cut off', '4711\n/somewhere'],
] as const) {
  test(`starts over a pid file that is ${what}`, async (t) => {
    const { dataDir, start } = await scratch(t);
    await (await start()).stop();
    await writeFile(join(pgDataOf(dataDir), 'postmaster.pid'), text);

    const { url } = await start();

    assert.equal((await query(url, 'select 1')).length, 1);
  });
}

test('starts although the old pid now belongs to another program, which it spares', async (t) => {
  const { dataDir, start } = await scratch(t);
  await (await start()).stop();
  const { uid, gid } = await stat(pgDataOf(dataDir));
  const other = spawn('sleep', ['60'], { uid, gid, stdio: 'ignore' });
  t.after(() => other.kill('SIGKILL'));
  await once(other, 'spawn');
  const lines = [
    other.pid,
    pgDataOf(dataDir),
    1,
    5432,
    join(dataDir, 'socket'),
    '',
    '1 2',
    'ready',
  ];
  await writeFile(join(pgDataOf(dataDir), 'postmaster.pid'), `${lines.join('\n')}\n`);

  const { url } = await start();

  assert.equal((await query(url, 'select 1')).length, 1);
  assert.equal(other.exitCode ?? other.signalCode, null);
});

test('tells the server of a directory from a server of another one', async (t) => {
  const [one, two] = await Promise.all([scratch(t), scratch(t)]);
  await Promise.all([one.start(), two.start()]);
  const pid = await one.serverPid();

  assert.equal(await isPostmaster(pid, pgDataOf(one.dataDir)), true);
  assert.equal(await isPostmaster(pid, pgDataOf(two.dataDir)), false);
  assert.equal(await readPidFile(one.dataDir), 'absent');
});

test('removes data directories that were never finished', async (t) => {
  const { dataDir, start } = await scratch(t);
  await mkdir(join(dataDir, 'postgres.new-abcdef', 'base'), { recursive: true });
  await writeFile(join(dataDir, 'postgres.new-abcdef', 'PG_VERSION'), '18\n');

  const { url } = await start();

  assert.equal((await query(url, 'select 1')).length, 1);
  assert.deepEqual(await halves(dataDir), []);
});

test('starts after a kill in the middle of making the data directory', async (t) => {
  const { dataDir, fork, start } = await scratch(t);
  const child = fork();
  const begun = async () => ((await halves(dataDir)).length > 0 ? true : undefined);
  assert.ok(await until(begun, 10_000));
  await kill(child.pid ?? 0);
  await gone(child.pid ?? 0);
  assert.ok(!(await readdir(dataDir)).includes('postgres'));

  const { url } = await start();

  assert.equal((await query(url, 'select 1')).length, 1);
});

async function halves(dataDir: string): Promise<string[]> {
  const names = await readdir(dataDir).catch(() => []);
  return names.filter((name) => name.startsWith('postgres.new-'));
}
