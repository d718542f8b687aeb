import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { AppError } from '../platform/errors.ts';
import { until } from '../postgres/wait.ts';
import { freePort } from '../testing/free-port.ts';
import { makeHome, type Launched } from '../testing/process.ts';
import { fakeBazar, refusing, stored } from './testing-bazar.ts';

const waitMsMax = 20_000;
const sample = join(import.meta.dirname, '..', '..', 'data', 'sample-track.csv');
const fast = { file: sample, vehicle: 'van-1', key: 'bzk_testtest', speed: 10_000 };
const { launch, data } = await makeHome();

/** The exit code, and what was said to the person at the terminal. */
async function endOf(launched: Launched): Promise<{ code: number | null; said: string }> {
  return { code: await launched.ended, said: launched.stderr() };
}

async function fileOf(name: string, text: string): Promise<string> {
  const path = join(data, name);
  await writeFile(path, text);
  return path;
}

const rowsOf = (...seconds: number[]): string =>
  `timestamp,latitude,longitude\n${seconds.map((second) => `${second},1,2\n`).join('')}`;

test('a track reaches a Bazar whole, in few requests, with the times of now', async () => {
  const { asked, url } = await fakeBazar();
  const startMs = Date.now();
  const { code, said } = await endOf(launch('replay', { ...fast, url }));
  assert.equal(code, 0, said);
  assert.match(said, /^bazar: sent (\d+), stored \1, known 0, refused 0, skipped rows 0\n$/);
  const fixes = asked.flatMap((one) => one.fixes);
  assert.equal(fixes.length, Number(/sent (\d+)/.exec(said)?.[1]));
  assert.ok(fixes.length > 1_200 && asked.length < fixes.length / 2, `${asked.length} requests`);
  assert.ok(fixes.every(({ timestamp }) => Date.parse(timestamp) >= startMs));
  const [{ method, path, authorization } = { method: '', path: '', authorization: '' }] = asked;
  assert.deepEqual(
    { method, path, authorization },
    { method: 'POST', path: '/v1/vehicles/van-1/fixes', authorization: 'Bearer bzk_testtest' },
  );
});

test('what is refused for now is sent again, and nothing is lost', async () => {
  const busy = new AppError('overloaded', 'Busy');
  const { asked, url } = await fakeBazar((one, n) => {
    if (n === 1) return refusing(busy, { 'retry-after': '1' });
    return n === 2 ? { status: 502, body: 'no gateway' } : stored(one);
  });
  const startMs = performance.now();
  const { code, said } = await endOf(launch('replay', { ...fast, url, times: 'file' }));
  assert.equal(code, 0, said);
  assert.ok(performance.now() - startMs >= 1_000);
  assert.match(said, /Busy \(503 overloaded\); trying again/);
  assert.deepEqual(asked[1]?.fixes, asked[0]?.fixes);
  const times = new Set(asked.slice(2).flatMap((one) => one.fixes.map((fix) => fix.timestamp)));
  assert.equal(times.size, Number(/stored (\d+)/.exec(said)?.[1]));
});

test('a refusal that cannot heal ends it with a sentence', async () => {
  const { url } = await fakeBazar(() => refusing(new AppError('unauthorized', 'Bad key')));
  const { code, said } = await endOf(launch('replay', { ...fast, url, loop: true }));
  assert.equal(code, 1);
  assert.match(said, /takes no fixes of van-1: Bad key \(401 unauthorized\)\n$/);
});

test('fixes that are refused, and rows that make no sense, are told and do not end it', async () => {
  const path = await fileOf('bad.csv', `${rowsOf(1, 2)}x,1,2\n4,1,2\n`);
  const error = new AppError('invalid', '/fixes/0/timestamp is too old', {
    errors: [{ in: 'body', pointer: '/fixes/0/timestamp', detail: 'is too old' }],
  });
  const { url } = await fakeBazar(() => refusing(error));
  const { code, said } = await endOf(launch('replay', { ...fast, file: path, url, times: 'file' }));
  // It went through all of it, and nothing has come of it.
  assert.equal(code, 1);
  assert.match(said, /line 4: timestamp cannot be read: "x"; skipped/);
  assert.match(said, /sent 3, stored 0, known 0, refused 3 \(.*is too old.*\), skipped rows 1/);
});

test('a signal stops it, after what it holds is sent', async () => {
  const { asked, url } = await fakeBazar();
  const running = launch('replay', { ...fast, url, loop: true, speed: 100, fleet: 20 });
  await until(() => (asked.length > 40 ? true : undefined), waitMsMax);
  running.signal('SIGINT');
  const { code, said } = await endOf(running);
  assert.equal(code, 0, said);
  const sent = asked.reduce((sum, { fixes }) => sum + fixes.length, 0);
  assert.match(said, new RegExp(`stopped; sent ${sent}, stored ${sent},`));
  assert.equal(new Set(asked.map(({ path }) => path)).size, 20);
});

test('with --print each sample is a line of JSON with everything that is served', async () => {
  const path = await fileOf('two.csv', rowsOf(10, 12));
  const running = launch('replay', {
    file: path,
    vehicle: 'v',
    print: true,
    times: 'file',
    speed: 100,
  });
  assert.equal(await running.ended, 0);
  const unknown = { elevation: null, accuracy: null, bearing: null, speed_meters_per_second: null };
  const doubts = { satellites: null, hdop: null, vdop: null, pdop: null };
  const place = { vehicle: 'v', latitude: 1, longitude: 2, ...unknown, ...doubts };
  assert.deepEqual(running.log, [
    { ...place, timestamp: 10, distance_meters: null, elapsed_time_seconds: null },
    { ...place, timestamp: 12, distance_meters: 0, elapsed_time_seconds: 2 },
  ]);
  assert.match(running.stderr(), /printed 2, skipped rows 0/);
});

test('it ends quietly when nobody reads what it prints any more', async () => {
  const running = launch('replay', { ...fast, key: '', print: true, loop: true, speed: 100 });
  await until(() => running.log[0], waitMsMax);
  running.deafen();
  assert.equal(await running.ended, 0);
});

test('what is wrong is said in one sentence', async () => {
  const none = { file: sample, vehicle: 'van-1' };
  const cases: [Record<string, string | number>, RegExp][] = [
    [none, /Say where to: --key/],
    [{ vehicle: 'van-1', key: 'k' }, /Say which file/],
    [{ file: sample, key: 'k' }, /Say which vehicle/],
    [{ ...none, key: 'k', file: '/nowhere.csv' }, /\/nowhere\.csv cannot be read: ENOENT/],
    [{ ...none, key: 'k', speed: 0 }, /--speed is a number from 0\.01 to 10000/],
    [{ ...none, key: 'k', fleet: 1_001 }, /--fleet is a number from 1 to 1000/],
    [{ ...none, key: 'k', times: 'then' }, /--times is `now` or `file`/],
    [{ ...none, 'key-file': '/nowhere' }, /\/nowhere cannot be read: ENOENT/],
    [{ ...none, key: 'k', vehicle: 'a b' }, /--vehicle has letters/],
    [{ ...none, key: 'k', url: 'ftp://a' }, /--url is like/],
    [{ ...none, key: 'k', file: import.meta.filename }, /has no header/],
    [{ ...none, key: 'k', speeed: 1 }, /Unknown option '--speeed'/],
  ];
  const ends = await Promise.all(cases.map(([settings]) => endOf(launch('replay', settings))));
  for (const [i, { code, said }] of ends.entries()) {
    assert.equal(code, 1, said);
    assert.match(said, cases[i]?.[1] ?? /never/);
    assert.match(said, /^bazar: [^\n]+\n$/);
  }
});

test('it waits for a Bazar that is not there yet, and ends at once when stopped twice', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const running = launch('replay', { ...fast, url });
  await until(() => running.stderr().includes('trying again') || undefined, waitMsMax);
  assert.match(running.stderr(), /does not answer \(ECONNREFUSED\); trying again/);
  running.signal('SIGTERM');
  running.signal('SIGINT');
  const startMs = performance.now();
  assert.equal(await running.ended, 1);
  assert.ok(performance.now() - startMs < 5_000);
});
