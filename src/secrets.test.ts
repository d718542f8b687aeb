import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readConfig } from './config.ts';
import { makers, openSecrets } from './secrets.ts';

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bazar-secrets-'));
  after(() => rm(directory, { recursive: true }));
  return directory;
}

const production = (environment: Record<string, string>) =>
  openSecrets(readConfig([], { BAZAR_MODE: 'production', HOST: '0.0.0.0', ...environment }));

test('demo processes that start together end up with the same secrets, for their owner only', async () => {
  const data = await folder();
  const config = readConfig([`--data=${data}`], {});
  const found = await Promise.all(Array.from({ length: 8 }, () => openSecrets(config).cursorKey()));
  assert.equal(new Set(found).size, 1);
  const { mode } = await stat(join(data, 'keys', 'cursorKey.secret'));
  assert.equal(mode & 0o077, 0);
});

test('demo keys are the same after a restart, so that nobody is logged out by one', async () => {
  const config = readConfig([`--data=${await folder()}`], {});
  const [before, afterwards] = [
    await openSecrets(config).tokenKeys(),
    await openSecrets(config).tokenKeys(),
  ];
  assert.deepEqual(before.published, afterwards.published);
});

test('production makes no secrets, and takes none that a demo has made', async () => {
  await assert.rejects(production({}).tokenKeys(), /TOKEN_KEYS .*must be set/);
  await assert.rejects(production({}).cursorKey(), /CURSOR_KEY .*must be set/);
  const demo = {
    TOKEN_KEYS: await makers.tokenKeys('demo'),
    CURSOR_KEY: await makers.cursorKey('demo'),
  };
  await assert.rejects(production(demo).tokenKeys(), /is a demo key/);
  await assert.rejects(production(demo).cursorKey(), /is a demo key/);
});

test('production takes its own, and says what is wrong with a broken one', async () => {
  const good = {
    TOKEN_KEYS: await makers.tokenKeys('bazar'),
    CURSOR_KEY: await makers.cursorKey('bazar'),
  };
  assert.ok((await production(good).tokenKeys()).signing);
  assert.equal(await production(good).cursorKey(), good.CURSOR_KEY);
  const broken = { TOKEN_KEYS: '{"keys":[]}' };
  await assert.rejects(production(broken).tokenKeys(), /TOKEN_KEYS .*not a JWKS/);
  const { keys } = JSON.parse(good.TOKEN_KEYS) as { keys: object[] };
  const bare = { TOKEN_KEYS: JSON.stringify({ keys: [{ ...keys[0], d: undefined }] }) };
  await assert.rejects(production(bare).tokenKeys(), /holds no private key/);
});
