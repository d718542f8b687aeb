import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Client } from 'pg';
import { createLog, type Log } from './log.ts';

/** What is written of it. */
function written(write: (log: Log) => void): string {
  const lines: string[] = [];
  write(createLog({ level: 'trace', name: 'test' }, { write: (line) => void lines.push(line) }));
  for (const line of lines) assert.doesNotThrow(() => JSON.parse(line), line);
  return lines.join('');
}

describe('a line of the log', () => {
  const secret = 'hunter2-hunter2';
  const tricky = `${secret}" \\ ${secret}`;
  const body = { login: 'ada', password: tricky };
  const jwt = `eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIx.${secret}`;
  const secrets: Record<string, (log: Log) => void> = {
    'a password': (log) => log.info(body, 'x'),
    'one deep inside': (log) => log.info({ call: { input: { body: [body] } } }, 'x'),
    'a body that is quoted': (log) => log.info({ body: JSON.stringify(body) }, 'x'),
    'a body in an error': (log) => log.error({ err: new Error(JSON.stringify(body)) }, 'x'),
    'a new password': (log) => log.info({ newPassword: tricky }, 'x'),
    'tokens of a session': (log) => log.info({ accessToken: secret, refreshToken: secret }, 'x'),
    'an Authorization header': (log) =>
      log.info({ headers: { authorization: `Bearer ${secret}` } }, 'x'),
    'one in words': (log) => log.info(`sent authorization: Bearer ${secret}`),
    'a header of a collector': (log) => log.warn({ why: `authorization=Basic ${secret}` }, 'x'),
    'a cookie': (log) => log.info({ headers: { cookie: `bazar_session=${secret}` } }, 'x'),
    'a cookie that is set': (log) => log.info({ 'set-cookie': `bazar_session=${secret}` }, 'x'),
    'an API key': (log) => log.info({ line: `here is bzk_0001.${secret}, my key` }, 'x'),
    'a refresh token': (log) => log.info(`p.bzr_0001.${secret}`),
    'an access token': (log) => log.info({ why: `${jwt} is too old` }, 'x'),
    'a database URL': (log) => log.info({ url: `postgresql://bazar:${secret}@db:5432/x` }, 'x'),
    'one that is none': (log) => log.info(`Invalid URL: postgresql://bazar:${secret}/#@@db`),
    'one in an error': (log) =>
      log.fatal({ err: Object.assign(new Error('x'), { input: `redis://:${secret}@redis` }) }, 'x'),
    'a key in a query': (log) => log.info({ url: `/osmand?id=van&key=${secret}&lat=1` }, 'x'),
  };

  test('does not say what errors about addresses have in them', async () => {
    const noAddress = `postgresql://bazar:${secret}@[db/`;
    const connectionString = `postgresql://bazar:${secret}@127.0.0.1:1/x`;
    const errors: unknown[] = [];
    try {
      assert.ok(new URL(noAddress));
    } catch (error) {
      errors.push(error);
    }
    await new Client({ connectionString }).connect().catch((error: unknown) => errors.push(error));
    const text = written((log) => errors.forEach((err) => log.warn({ err }, 'x')));
    assert.match(text, /Invalid URL.*\[redacted\]/);
    assert.match(text, /ECONNREFUSED/);
    assert.ok(!text.includes('hunter2'), text);
  });

  for (const [what, write] of Object.entries(secrets)) {
    test(`does not say ${what}`, () => {
      const text = written(write);
      assert.ok(!text.includes('hunter2'), text);
      assert.match(text, /\[redacted\]/);
    });
  }

  test('says everything else as it is', () => {
    const fields = {
      requestId: '0f6f2ecb-2b0f-4f0e-8b6d-2c5a4b2c9a10',
      gateway: 'http://127.0.0.1:8080',
      url: 'postgresql://bazar@db:5432/x',
      event: 'passwordRefused',
      count: 3,
      mail: 'ada@shop.example',
      text: 'basic tokens, keys and a password',
    };
    const { level, time, service, pid, msg, ...others } = JSON.parse(
      written((log) => log.info(fields, 'a basic thing')),
    ) as Record<string, unknown>;
    assert.deepEqual(others, fields);
    assert.deepEqual(
      { level, service, pid, msg, time: typeof time },
      {
        ...{ level: 'info', service: 'test', pid: process.pid, msg: 'a basic thing' },
        time: 'string',
      },
    );
  });

  test('is read in no time, whatever somebody has put into it', () => {
    const pieces = [
      '//a:',
      '"password":"',
      '-eyJ-',
      'Bearer ',
      '?key=',
      'bzk_',
      '\\"token\\": \\"',
    ];
    const line = pieces.map((piece) => piece.repeat(262_144 / piece.length)).join(' ');
    const beganAtMs = performance.now();
    written((log) => log.info({ line }, 'a line came'));
    assert.ok(performance.now() - beganAtMs < 3_000);
  });
});
