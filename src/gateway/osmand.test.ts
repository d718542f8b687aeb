import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import type { Input } from '../platform/api.ts';
import type { Call, Caller } from '../platform/call.ts';
import { AppError, invalid } from '../platform/errors.ts';
import { createHealth } from '../platform/health.ts';
import { createMetrics } from '../platform/metrics.ts';
import { serve } from '../platform/serve.ts';
import { createServer } from '../platform/server.ts';
import type { trackingApi } from '../tracking/api.ts';
import { createGuard } from './guard.ts';
import { createLimiter } from './limiter.ts';
import { osmandApi } from './osmand-api.ts';
import { takeEmptyForms } from './osmand-empty-form.ts';
import { createOsmand } from './osmand.ts';
import { courierOrStaff, keyInQuery } from './policy.ts';

type Asked = Input<(typeof trackingApi)['addFixes']>;
type Result = { result: 'stored' | 'known'; reason?: string };

const key = `bzk_${'0'.repeat(8)}.a-secret`;
const device: Caller = {
  kind: 'user',
  id: 'u1',
  role: 'courier',
  sessionId: 'k1',
  scopes: ['tracking:write'],
  vehicleId: 'van-7',
  token: 'none',
};
const now = new Date('2026-03-01T12:00:00Z');
const place = `/v1/osmand?key=${key}&id=van-7&lat=52.5&lon=13.25`;
const coords = { latitude: 52.5, longitude: 13.25 };
const posted = { device_id: 'van-7', location: { coords } };

/** The door for phones, with a tracking that the test plays, and all that is logged there. */
function setup({
  outcome = 'stored',
  inFlightMax = 100,
}: { outcome?: unknown; inFlightMax?: number } = {}) {
  const asked: { input: Asked; caller: Caller }[] = [];
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const tracking = {
    async addFixes(input: Asked, { caller }: Call) {
      asked.push({ input, caller });
      if (typeof outcome !== 'string') throw outcome;
      const results = [{ result: outcome } as Result];
      return { stored: 1, known: 0, refused: 0, results };
    },
  };
  const limiter = createLimiter('any', 1_000);
  const metrics = createMetrics();
  const { guard } = createGuard({
    async authenticate(authorization) {
      if (authorization === `Bearer ${key}`) return device;
      throw new AppError('unauthorized', 'The API key is not valid');
    },
    policyOf: () => keyInQuery(courierOrStaff('tracking:write')),
    limiters: { caller: limiter, address: limiter, logIn: limiter },
    log,
    metrics,
  });
  const limits = {
    bodyBytesMax: 1024 * 1024,
    requestsInFlightMax: inFlightMax,
    connectionsMax: 10,
    deadlineMs: 5_000,
    trustedProxies: 0,
  };
  const app = createServer({ log, metrics, health: createHealth(), limits });
  takeEmptyForms(app);
  serve(app, osmandApi, { service: createOsmand({ tracking, now: () => now }), guard });

  return {
    asked,
    lines,
    get: async (url: string, method: 'GET' | 'POST' = 'GET') => {
      const answer = await app.inject({ method, url, headers: { host: 'a' } });
      return { status: answer.statusCode, text: answer.body, body: answer.json() };
    },
    postForm: async (payload: string) => {
      const headers = { host: 'a', 'content-type': 'application/x-www-form-urlencoded' };
      return (await app.inject({ method: 'POST', url: place, headers, payload })).statusCode;
    },
    post: async (body: unknown, url = `/v1/osmand?key=${key}`) => {
      const headers = { host: 'a', 'content-type': 'application/json' };
      const answer = await app.inject({
        method: 'POST',
        url,
        headers,
        payload: JSON.stringify(body),
      });
      return { status: answer.statusCode, text: answer.body, body: answer.json() };
    },
  };
}

test('hands one fix to tracking, in the name of the key', async () => {
  const { get, asked } = setup();

  const { status, body } = await get(`${place}&timestamp=1772366400&speed=0&batt=80&alarm=sos`);

  assert.deepEqual([status, body], [200, { result: 'stored' }]);
  const fix = { timestamp: now.toISOString(), ...coords, speedMetersPerSecond: 0 };
  assert.deepEqual(asked, [{ input: { id: 'van-7', fixes: [fix] }, caller: device }]);
});

test('takes the same by POST, in the query or in a body', async () => {
  const { get, post, asked } = setup({ outcome: 'known' });

  const answers = [await get(place, 'POST'), await post(posted), await post({}, place)];

  const known = { status: 200, body: { result: 'known' } };
  for (const answer of answers) assert.partialDeepStrictEqual(answer, known);
  const fix = { timestamp: now.toISOString(), ...coords };
  const input = { id: 'van-7', fixes: [fix] };
  assert.deepEqual(
    asked.map((one) => one.input),
    [input, input, input],
  );
});

test('takes a form without a body, which is how Android posts nothing', async () => {
  const { postForm } = setup();
  assert.deepEqual([await postForm(''), await postForm('lat=1')], [200, 415]);
});

test('takes what apps add of their own, within bounds', async () => {
  const { get, post } = setup();
  const more = { is_moving: true, battery: { level: 1 }, extras: {} };
  const body = { ...posted, sdk: 9, location: { ...more, coords: { ...coords, floor: null } } };
  assert.equal((await post(body)).status, 200);
  assert.equal((await get(`${place}&cell=1,2&cell=3,4&wifi=`)).status, 200);

  const many = Array.from({ length: 60 }, (_, i) => `&x${i}=1`).join('');
  assert.equal((await get(`${place}${many}`)).status, 400);
  assert.equal((await get(`${place}&x=${'x'.repeat(2_000)}`)).status, 400);
});

test('says which field cannot be read', async () => {
  const { get, post, asked } = setup();
  const located = (changes: object) => ({
    ...posted,
    location: { coords: { ...coords, ...changes } },
  });
  const answers = {
    '/lat': await get(`/v1/osmand?key=${key}&id=van-7&lon=1`),
    '/lon': await get(`${place}&lon=2`),
    '/id': await get(`/v1/osmand?key=${key}&id=../x&lat=1&lon=1`),
    '/speed': await get(`${place}&speed=fast`),
    '/timestamp': await get(`${place}&timestamp=soon`),
    '/location/coords/latitude': await post(located({ latitude: 'north' })),
    '/location/coords/speed': await post(located({ speed: '1' })),
    '/location/coords': await post({ ...posted, location: {} }),
    '/location': await post({ ...posted, location: 1 }),
    '/device_id': await post({ ...posted, device_id: '../x' }),
  };
  for (const [pointer, { status, body }] of Object.entries(answers)) {
    assert.deepEqual([status, body.code, body.errors[0].pointer], [400, 'invalid', pointer]);
  }
  assert.deepEqual((await post({ id: '../x' }, place)).body.errors[0].pointer, '/id');
  assert.deepEqual(asked, []);
});

test('says what is impossible in the words of the phone', async () => {
  const refusal = invalid('body', '/fixes/0/latitude', 'must be <= 90');
  const { get, post } = setup({ outcome: refusal });

  const asked = (await get(place)).body;
  assert.deepEqual(asked.errors, [{ in: 'query', pointer: '/lat', detail: 'must be <= 90' }]);
  assert.equal(asked.detail, '/lat must be <= 90');
  const [wrong] = (await post(posted)).body.errors;
  assert.deepEqual([wrong.in, wrong.pointer], ['body', '/location/coords/latitude']);
});

test('answers a fix of a wrong time so that the phone forgets it', async () => {
  const refusal = invalid('body', '/fixes/0/timestamp', 'is older than 31 days');
  const { get } = setup({ outcome: refusal });
  const { status, body } = await get(place);
  const reason = 'The time is older than 31 days';
  assert.deepEqual([status, body], [200, { result: 'refused', reason }]);
});

test('keeps nothing that the device itself does not believe', async () => {
  const { get, asked } = setup();
  const answers = [await get(`${place}&valid=0`), await get(`${place}&valid=false`)];
  for (const { status, body } of answers) {
    assert.deepEqual([status, body.result], [200, 'refused']);
  }
  assert.deepEqual(asked, []);
  assert.equal((await get(`${place}&valid=true`)).body.result, 'stored');
});

test('leaves alone what somebody has to mend, and what will pass', async () => {
  const refusals = [
    new AppError('notFound', 'There is no such vehicle'),
    new AppError('forbidden', 'no'),
    new AppError('overloaded', 'later'),
  ];
  for (const refusal of refusals) {
    // oxlint-disable-next-line no-await-in-loop -- a table
    const { body } = await setup({ outcome: refusal }).get(place);
    assert.equal(body.code, refusal.code);
  }
});

test('a key in a query is nowhere in a log or an answer', async () => {
  const sound = setup();
  const faulty = setup({ outcome: new Error('a fault') });
  const full = setup({ inFlightMax: 0 });
  const answers = [
    await sound.get(place),
    await sound.get(`${place}&speed=fast`),
    await sound.get(place.replace('/osmand', '/elsewhere')),
    await sound.get(place.replace(key, `${key}x`)),
    await sound.get(`/v1/osmand?key=${key}${key}&id=van-7`),
    await sound.post('no object', place),
    await faulty.get(place),
    await full.get(place),
  ];
  const statuses = answers.map(({ status }) => status);
  assert.deepEqual(statuses, [200, 400, 404, 401, 401, 400, 500, 503]);
  const lines = [...sound.lines, ...faulty.lines, ...full.lines];
  for (const msg of ['answered', 'turned away', 'a fault of ours', 'too busy']) {
    assert.ok(
      lines.some((line) => line.includes(msg)),
      msg,
    );
  }
  const told = answers.map(({ text }) => text);
  for (const text of [...lines, ...told]) assert.ok(!text.includes('a-secret'), text);
});
