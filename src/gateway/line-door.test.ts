import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { AppError } from '../platform/errors.ts';
import { until } from '../postgres/wait.ts';
import { openLineDoor, type LineReport } from './line-door.ts';

type Warning = { text: string; details: Record<string, unknown> };

const waitMsMax = 5_000;

/** A door of this test's own, and what came of what was sent to it. */
async function door(report: (report: LineReport) => Promise<void> = async () => undefined) {
  const printed: string[] = [];
  const reports: LineReport[] = [];
  const warnings: Warning[] = [];
  let nowMs = 0;
  const server = await openLineDoor({
    host: '127.0.0.1',
    port: 0,
    print: (line) => void printed.push(line),
    async report(one) {
      reports.push(one);
      await report(one);
    },
    log: { warn: (details, text) => void warnings.push({ text, details: { ...details } }) },
    now: () => nowMs,
  });
  after(() => server.close());
  async function send(...lines: (string | Uint8Array)[]): Promise<void> {
    const socket = connect({ host: '127.0.0.1', port: server.port }).resume();
    for (const line of lines) {
      socket.write(line);
      socket.write('\n');
    }
    socket.end('the end\n');
    const ended = once(socket, 'close');
    await until(() => (printed.at(-1) === 'the end' ? true : undefined), waitMsMax);
    printed.pop();
    await ended;
  }
  return { printed, reports, warnings, send, pass: (ms: number) => (nowMs += ms) };
}

const fix = { timestamp: '2026-01-01T00:00:00Z', latitude: 1, longitude: 2 };
const key = 'bzk_secretsecret';

test('every line is printed as it comes, and only what is a fix is reported', async () => {
  const { printed, reports, warnings, send } = await door();
  const lines = ['Hello from Publisher1!', '', '{"a":1}', '[1]', '{"key"', '\tčau \u{1f600}'];
  await send(...lines, JSON.stringify({ vehicle: 'van-1', key, fix }));
  assert.deepEqual(printed.slice(0, -1), lines);
  const [first] = reports;
  assert.ok(first);
  const { peer, ...report } = first;
  assert.deepEqual(report, { vehicleId: 'van-1', key, fix });
  assert.match(peer, /^127\.0\.0\.1:\d+$/);
  assert.equal(reports.length, 1);
  assert.deepEqual(warnings, []);
});

test('a key is never printed or logged, however it is written', async () => {
  const { printed, warnings, send } = await door(async () => {
    throw new AppError('forbidden', 'no');
  });
  const line = JSON.stringify({ vehicle: 'van-1', key: 'a "secret" of another kind', fix });
  await send(
    line,
    line.replace('"key"', '"k\\u0065y"'),
    line.slice(0, -3),
    JSON.stringify({ vehicle: 'van-1', fix, key }).replace('bzk_', 'bz\\u006b_'),
    `key=${key}`,
    `${'x'.repeat(70_000)}${key}`,
    `${JSON.stringify({ key })}${'x'.repeat(70_000)}`,
  );
  assert.equal(printed.length, 7);
  assert.doesNotMatch(printed.join('\n') + JSON.stringify(warnings), /secret/);
  assert.deepEqual(JSON.parse(printed[0] ?? ''), { vehicle: 'van-1', key: '***', fix });
  assert.equal(printed[4], 'key=bzk_***');
});

test('what would make a terminal do something is printed as its number', async () => {
  const { printed, send } = await door();
  await send('\u001b]0;title\u0007\u001b[2J', 'a\rb', '\u009b31m', 'abc\u202edef', '\u007f\0');
  assert.deepEqual(printed, [
    '\\u001b]0;title\\u0007\\u001b[2J',
    'a\\u000db',
    '\\u009b31m',
    'abc\\u202edef',
    '\\u007f\\u0000',
  ]);
});

test('trouble of each kind is logged once a minute, with how much was not said', async () => {
  const { warnings, send, pass } = await door(async () => {
    throw new AppError('notFound', 'There is no such vehicle');
  });
  const report = JSON.stringify({ vehicle: 'van-1', key, fix });
  await send(report, report, report, '{"fix":{}}', '{"fix":1,"vehicle":"a","key":"b"}');
  assert.deepEqual(
    warnings.map(({ details: { code, why, vehicle } }) => [code, why, vehicle]),
    [
      ['notFound', 'There is no such vehicle', 'van-1'],
      [undefined, undefined, undefined],
    ],
  );
  pass(60_000);
  await send(report);
  assert.equal(warnings.length, 3);
  assert.equal(warnings[2]?.details['unsaid'], 2);
});

test('a fault in storing one fix leaves the next ones alone', async () => {
  let count = 0;
  const { reports, warnings, send } = await door(async () => {
    count += 1;
    if (count === 1) throw new TypeError('a fault');
  });
  const report = JSON.stringify({ vehicle: 'van-1', key, fix });
  await send(report, report);
  assert.equal(reports.length, 2);
  assert.ok(warnings[0]?.details['err'] instanceof TypeError);
});

test('what is no fix, or nests too deep, is just a line', async () => {
  const { printed, reports, send } = await door();
  const deep = `{"fix":${'['.repeat(5_000)}${']'.repeat(5_000)},"vehicle":"a","key":"b"}`;
  await send(deep, '{"fix":{},"fix":{}}', '{"vehicle":"a","key":"b"}');
  assert.equal(printed.length, 3);
  assert.deepEqual(reports, []);
});
