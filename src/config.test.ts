import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Ajv } from 'ajv';
import { ConfigError, describeConfig, readConfig } from './config.ts';
import { settings } from './settings.ts';

const directory = await mkdtemp(join(tmpdir(), 'bazar-config-'));
after(() => rm(directory, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

test('the schema of the settings is a schema', () => {
  const ajv = new Ajv({ strict: false });
  assert.equal(ajv.validateSchema(settings), true, ajv.errorsText());
});

describe('the settings', () => {
  test('are the defaults when nobody says otherwise', () => {
    const config = readConfig([], { PATH: '/bin', HOME: '/root' });
    assert.deepEqual([config.bazarMode, config.port, [...config.targets]], ['demo', 8080, ['all']]);
  });

  test('come from a flag before the environment, and from there before the default', () => {
    const environment = { PORT: '1000', METRICS_PORT: '1001' };
    const config = readConfig(['--port=2000'], environment);
    assert.deepEqual([config.port, config.metricsPort, config.internalPort], [2000, 1001, 8081]);
  });

  test('may be files, whose last line break does not count', () => {
    const path = file('password', 'correct horse battery\n');
    assert.equal(
      readConfig([], { ADMIN_PASSWORD_FILE: path }).adminPassword,
      'correct horse battery',
    );
  });

  test('are printed with secrets masked', () => {
    const url = 'postgres://bazar:hunter2@db/bazar';
    const lines = describeConfig(
      readConfig([], { DATABASE_URL: url, ADMIN_PASSWORD: 'open sesame' }),
    );
    assert.ok(lines.includes('DATABASE_URL=********'));
    assert.doesNotMatch(lines.join('\n'), /hunter2|sesame/);
  });
});

const wrong: [why: string, args: string[], environment: Record<string, string>, text: RegExp][] = [
  ['a flag that does not exist', ['--prot=1'], {}, /--prot/],
  ['a BAZAR_ variable that does not exist', [], { BAZAR_MOD: 'demo' }, /BAZAR_MOD/],
  [
    'a database of a service that does not exist',
    [],
    { USER_DATABASE_URL: 'x' },
    /USER_DATABASE_URL/,
  ],
  ['a port that is no number', ['--port=http'], {}, /PORT must be integer/],
  ['a port that is no port', [], { PORT: '65536' }, /PORT must be <= 65535/],
  [
    'a mode that does not exist',
    [],
    { BAZAR_MODE: 'prod' },
    /BAZAR_MODE must be one of demo, production/,
  ],
  ['a target that does not exist', ['--target=users,shop'], {}, /TARGET/],
  ['all and more than all', ['--target=all,users'], {}, /TARGET is either all/],
  ['a service that nobody can find', ['--target=gateway,users'], {}, /CATALOG_URL must say/],
  ['an address that is none', [], { USERS_URL: 'localhost:1' }, /USERS_URL/],
  [
    'a map whose pictures have no place',
    ['--map-tiles-url=https://tiles.example/{z}/{x}.png'],
    {},
    /MAP_TILES_URL must match/,
  ],
  [
    'a map from a host that would end a header',
    ['--map-tiles-url=https://tiles.example;script-src/{z}/{x}/{y}'],
    {},
    /MAP_TILES_URL must match/,
  ],
  [
    'a file that is not there',
    [],
    { CURSOR_KEY_FILE: '/nowhere/key' },
    /CURSOR_KEY_FILE cannot be read/,
  ],
  [
    'a value and a file',
    [],
    { CURSOR_KEY: 'x'.repeat(32), CURSOR_KEY_FILE: '/x' },
    /either CURSOR_KEY or CURSOR_KEY_FILE, not both/,
  ],
  ['a key that is too short', [], { CURSOR_KEY: 'short' }, /CURSOR_KEY/],
  ['a stray argument', ['serve'], {}, /serve/],
];

describe('a start is stopped by', () => {
  for (const [why, args, environment, text] of wrong) {
    test(why, () => {
      assert.throws(
        () => readConfig(args, environment),
        (error) => error instanceof ConfigError && text.test(error.message),
      );
    });
  }
});
