import assert from 'node:assert/strict';
import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { pgDataOf } from './data-directory.ts';
import { chooseOwner } from './owner.ts';
import { asOrdinary, asRoot, query, scratch, uidOf } from './testing.ts';

const someUid = 54_321;

test('runs the server as nobody when root starts it', asRoot, async (t) => {
  const { start, serverPid, dataDir } = await scratch(t);

  const { url } = await start();

  assert.equal(await uidOf(await serverPid()), 65_534);
  assert.equal((await stat(dataDir)).uid, 0);
  assert.equal((await query(url, 'select 1')).length, 1);
});

test('runs the server as the user whose folder root starts it in', asRoot, async (t) => {
  const { start, serverPid, dataDir } = await scratch(t);
  await chown(dirname(dataDir), someUid, someUid);
  await chmod(dirname(dataDir), 0o700);

  const { url } = await start();

  assert.equal(await uidOf(await serverPid()), someUid);
  assert.equal((await query(url, 'select 1')).length, 1);
  const made = [dataDir, join(dataDir, 'bazar.lock'), join(dataDir, 'postgres.log')];
  const owners = await Promise.all(made.map(async (path) => (await stat(path)).uid));
  assert.deepEqual(owners, [someUid, someUid, someUid], 'the user can go on without root');
});

test(
  'runs in a namespace, then and later, when only root can reach the data',
  asRoot,
  async (t) => {
    const { start, dataDir } = await scratch(t);
    await chmod(dirname(dataDir), 0o700);
    const first = await start();
    await query(first.url, 'create table notes as select 42 as answer');
    await first.stop();

    await chmod(dirname(dataDir), 0o755);
    const second = await start();

    assert.equal((await stat(pgDataOf(dataDir))).uid, 0);
    assert.deepEqual(await query(second.url, 'select answer from notes'), [{ answer: 42 }]);
  },
);

test('keeps the owner that the data already has', asRoot, async (t) => {
  const { dataDir } = await scratch(t);
  await mkdir(join(pgDataOf(dataDir), 'base'), { recursive: true });
  await chown(pgDataOf(dataDir), someUid, someUid);

  const owner = await chooseOwner(dataDir, pgDataOf(dataDir));

  assert.deepEqual(owner, { kind: 'user', uid: someUid, gid: someUid });
  await chmod(dirname(dataDir), 0o700);
  await assert.rejects(chooseOwner(dataDir, pgDataOf(dataDir)), /54321, who cannot reach it/);
});

test('lets only its own user into the folder of the socket', async (t) => {
  const { start, serverPid, dataDir } = await scratch(t);
  await start();

  const { uid, mode } = await stat(join(dataDir, 'socket'));

  assert.equal(mode & 0o777, 0o700);
  assert.equal(uid, await uidOf(await serverPid()));
});

test('runs the server as the ordinary user who starts it', asOrdinary, async (t) => {
  const { start, serverPid, dataDir } = await scratch(t);
  await chmod(dirname(dataDir), 0o700);

  await start();

  assert.equal(await uidOf(await serverPid()), process.getuid?.());
});

test('tells an ordinary user that the data is not theirs', asOrdinary, async () => {
  // The root folder stands for any data that belongs to somebody else.
  await assert.rejects(chooseOwner('/', '/'), /belongs to user id 0\..*chown/);
});
