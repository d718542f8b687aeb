import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { until } from '../postgres/wait.ts';
import { servedColumns } from '../replay/sample.ts';
import { client } from '../testing/http.ts';
import { createTranscript, startLab } from './testing-lab.ts';
import { steadyTrack, untilOver, untilState } from './testing-gps.ts';

const waitMsMax = 20_000;
const unknownId = '00000000-0000-4000-8000-000000000000';
const asText = (value: object): string => JSON.stringify(JSON.stringify(value));

const [steady, early] = await Promise.all([
  steadyTrack().then((csv) => startLab('gps', { csv, speed: 2 })),
  startLab('gps', { speed: 0.01, redis: 'redis://127.0.0.1:1' }),
]);

test('the calls of the document get the answers of the document', async () => {
  const ask = steady.ask('api');
  const page = createTranscript('gps.md');
  const moving = [/(?<="timestamp":)[\d.]+/g, /(?<="longitude":)[\d.e-]+/g];
  const volatile = [...moving, /(?<="(distance_meters|elapsed_time_seconds)":)[\d.]+/g];

  const state = page.note('GET /gps_state', await untilState(steady), volatile);
  assert.deepEqual(Object.keys(state.body as object), [...servedColumns]);
  assert.ok(Object.values(state.body as object).every((value) => typeof value === 'number'));
  assert.equal(state.headers['age'], '0');

  const speedCall = 'GET /compute_avg_speed?time_window_seconds=1';
  const average = page.note(speedCall, await ask(speedCall));
  assert.deepEqual([average.status, average.text], [200, '10.5']);

  const asking = 'POST /request_to_compute_avg_speed?time_window_seconds=1.5';
  const asked = await ask(asking);
  const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
  page.note(asking, asked, [uuid]);
  assert.equal(asked.status, 200);
  assert.match(
    asked.text,
    /^"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"$/,
  );
  const reading = 'GET /get_avg_speed_task_status?task_id=';
  const first = page.note(`${reading}…`, await ask(`${reading}${String(asked.body)}`));
  assert.deepEqual([first.status, first.text], [200, asText({ status: 'REQUESTED' })]);
  const last = page.note(`${reading}…`, await untilOver(steady, asked.body));
  assert.equal(last.text, asText({ status: 'DONE', result: 10.5 }));

  const unknown = page.note(`${reading}${unknownId}`, await ask(`${reading}${unknownId}`));
  assert.deepEqual([unknown.status, unknown.text], [200, 'null']);
  const refused = ['GET /compute_avg_speed', 'GET /compute_avg_speed?time_window_seconds=61'];
  for (const what of [...refused, `${reading}7`]) {
    // oxlint-disable-next-line no-await-in-loop -- the page has them in this order
    assert.equal(page.note(what, await ask(what)).status, 422);
  }
  await page.expectOnPage();
});

test('a window in which nothing is told has the speed that was told before it', async () => {
  const ask = steady.ask('api');
  await untilState(steady);
  const short = 'time_window_seconds=0.1';
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => ask(`GET /compute_avg_speed?${short}`)),
  );
  assert.deepEqual(new Set(answers.map(({ text }) => text)), new Set(['10.5']));
  const tasks = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const { body } = await ask(`POST /request_to_compute_avg_speed?${short}`);
      return (await untilOver(steady, body)).body;
    }),
  );
  assert.deepEqual(new Set(tasks), new Set([JSON.stringify({ status: 'DONE', result: 10.5 })]));
});

test('a request that is sent again with its Idempotency-Key is the same task', async () => {
  const ask = steady.ask('api');
  const headers = { 'idempotency-key': 'once' };
  const what = 'POST /request_to_compute_avg_speed?time_window_seconds=2';
  const ids = await Promise.all([1, 2, 3].map(async () => (await ask(what, { headers })).body));
  assert.equal(new Set(ids).size, 1);
  assert.notEqual((await ask(what)).body, ids[0]);
  const other = 'POST /request_to_compute_avg_speed?time_window_seconds=3';
  assert.equal((await ask(other, { headers })).status, 422);
});

test('before the first sample it says so, and Redis that is away stops nothing', async () => {
  const ask = early.ask('api');
  const state = await ask('GET /gps_state');
  assert.equal(state.status, 503);
  assert.match((state.body as { detail: string }).detail, /Nothing has been replayed yet/);
  assert.ok(state.headers['retry-after']);
  const speedless = await ask('GET /compute_avg_speed?time_window_seconds=0.1');
  assert.equal(speedless.status, 503);
  const { body } = await ask('POST /request_to_compute_avg_speed?time_window_seconds=0.1');
  const over = await untilOver(early, body);
  assert.match(String(over.body), /^\{"status":"FAILED","detail":"[^"]+"\}$/);
});

test('no more than a hundred requests wait at once, and who leaves makes room', async () => {
  const url = early.url('api');
  const leaving = new AbortController();
  const { signal } = leaving;
  const long = Array.from({ length: 100 }, () =>
    fetch(`${url}/compute_avg_speed?time_window_seconds=60`, { signal }).catch(() => undefined),
  );
  const ask = client([url]);
  const short = 'GET /compute_avg_speed?time_window_seconds=0.1';
  const isFull = async () => /Too many wait/.test((await ask(short)).text);
  assert.ok(await until(async () => (await isFull()) || undefined, waitMsMax));
  leaving.abort();
  await Promise.all(long);
  assert.ok(await until(async () => !(await isFull()) || undefined, waitMsMax));
});

test('whatever is sent is refused in the form of the original, and never breaks it', async () => {
  const ask = early.ask('api');
  const window = 'compute_avg_speed?time_window_seconds=';
  const cases: [string, number][] = [
    ['GET /nothing', 404],
    ['POST /gps_state', 405],
    ['GET /request_to_compute_avg_speed?time_window_seconds=1', 405],
    ['POST /request_to_compute_avg_speed', 422],
    ['POST /request_to_compute_avg_speed?time_window_seconds=86401', 422],
    ...['', '0', '-1', 'nan', '1e400', '%00', '1%2C5', '[]'].map((value): [string, number] => [
      `GET /${window}${value}`,
      422,
    ]),
    ['GET /get_avg_speed_task_status', 422],
    ["GET /get_avg_speed_task_status?task_id=';drop%20table", 422],
    ['GET /get_avg_speed_task_status?task_id[]=1', 422],
    ['GET /%E0%A4%A', 400],
  ];
  const answers = await Promise.all(cases.map(([what]) => ask(what)));
  for (const [i, answer] of answers.entries()) {
    assert.equal(answer.status, cases[i]?.[1], `${cases[i]?.[0]} ${answer.text}`);
    assert.ok('detail' in (answer.body as object), answer.text);
  }
  const raw = await ask('POST /request_to_compute_avg_speed?time_window_seconds=1', { raw: '{' });
  assert.equal(raw.status, 400);
  assert.equal((await ask('GET /distance?from=0&to=1e300')).status, 404);
  assert.equal((await early.ask('polling')('GET /distance?from=0&to=1e300')).status, 422);
});

test('the documentation of the API and both dashboards come from the lab alone', async () => {
  const ask = early.ask('api');
  const { info, paths } = (await ask('GET /openapi.json')).body as { info: object; paths: object };
  assert.deepEqual(info, { title: 'Vehicle Data API', version: '0.1.0' });
  assert.equal(Object.keys(paths).length, 4);
  const docs = await ask('GET /docs');
  const polling = await early.ask('polling')('GET /');
  const push = await early.ask('push')('GET /');
  assert.match(docs.text, /<title>Vehicle Data API<\/title>/);
  assert.match(polling.text, /<title>GPS REST Replayer<\/title>/);
  assert.match(push.text, /<title>GPS Reactive Replayer<\/title>/);
  for (const page of [docs, polling, push]) {
    assert.match(page.headers['content-security-policy'] ?? '', /default-src 'none'/);
    assert.doesNotMatch(page.text, /(src|href)="(https?:)?\/\//);
  }
});

test('the listener prints every line, and none of it can command a terminal', async () => {
  const port = Number(new URL(early.url('api')).port) - 8_000 + 12_345;
  const socket = connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  socket.end('Hello from Publisher1! now\n{"fix":{}}\n\u001b[2Jhello\n');
  const said = (text: string) => early.log.find(({ msg }) => msg?.includes(text));
  assert.ok(await until(() => said('Hello from Publisher1! now'), waitMsMax));
  assert.ok(await until(() => said('\\u001b[2Jhello'), waitMsMax));
});
