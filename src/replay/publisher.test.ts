import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openLineServer, type LineServer } from '../platform/lines.ts';
import { until } from '../postgres/wait.ts';
import { freePort } from '../testing/free-port.ts';
import { backoffMs, systemClock } from './clock.ts';
import { publish } from './publisher.ts';

const waitMsMax = 10_000;

/** A listener that can go and come back, and one publisher that talks to it. */
async function talk({ everyMs = 5 } = {}) {
  const port = await freePort();
  const lines: string[] = [];
  const problems: string[] = [];
  const ending = new AbortController();
  let server: LineServer | undefined;
  let connected = 0;
  let aheadMs = 0;
  const clock = systemClock();
  const stop = async () => server?.close().then(() => (server = undefined));
  const start = async () => {
    const onLine = async ({ line }: { line: string }) => void lines.push(line);
    server = await openLineServer({ host: '127.0.0.1', port, onLine });
  };
  let n = 0;
  const published = publish({
    host: '127.0.0.1',
    port,
    everyMs,
    text: () => `line ${(n += 1)}`,
    clock: { ...clock, steadyMs: () => clock.steadyMs() + aheadMs },
    random: () => 0,
    signal: ending.signal,
    onConnected: () => (connected += 1),
    onProblem: (why) => void problems.push(why),
  });
  const end = async () => {
    ending.abort();
    await published;
  };
  after(async () => {
    await end();
    await stop();
  });
  const have = (count: number) =>
    until(() => (lines.length >= count ? true : undefined), waitMsMax);
  const sleep = (ms: number) => void (aheadMs += ms);
  return { lines, problems, start, stop, end, have, sleep, connected: () => connected };
}

test('a publisher waits for its listener, and finds it again when it was away', async () => {
  const { lines, problems, start, stop, end, have, connected } = await talk();
  await until(() => problems[0], waitMsMax);
  assert.equal(problems[0], 'ECONNREFUSED');
  await start();
  assert.ok(await have(5));
  assert.equal(connected(), 1);
  assert.equal(lines[0], 'line 1');
  await stop();
  const before = lines.length;
  await start();
  assert.ok(await have(before + 5));
  assert.equal(connected(), 2);
  await end();
});

test('what was not said while the machine slept is not said all at once', async () => {
  const { lines, start, end, have, sleep } = await talk();
  await start();
  assert.ok(await have(2));
  const before = lines.length;
  sleep(3_600_000);
  assert.ok(await have(before + 3));
  assert.ok(lines.length < before + 100, `${lines.length - before} lines`);
  await end();
});

test('waiting grows with failures from 0.1 s to 5 s, and differs', () => {
  const waits = (random: number) => [1, 2, 3, 6, 7, 100].map((n) => backoffMs(n, () => random));
  assert.deepEqual(waits(1), [100, 200, 400, 3_200, 5_000, 5_000]);
  assert.deepEqual(waits(0), [100, 100, 200, 1_600, 2_500, 2_500]);
});
