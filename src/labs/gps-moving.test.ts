import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '@redis/client';
import { until } from '../postgres/wait.ts';
import { sampleRows } from '../replay/demo.ts';
import { servedColumns } from '../replay/sample.ts';
import { expectStatus } from '../testing/http.ts';
import { redisIsMissing, startRedis } from '../testing/redis.ts';
import { startLab } from './testing-lab.ts';
import { oracleOf, stateOf, untilOver, untilState } from './testing-gps.ts';

const waitMsMax = 20_000;
const speed = 10;

const sample = await startLab('gps', { speed, multi: 2 });

test('averages of the seconds to come are right to a hundredth, asked for either way', async () => {
  const ask = sample.ask('api');
  await untilState(sample);
  const oracle = oracleOf(await sampleRows(), speed, await stateOf(ask));
  // Ten seconds of the trip.
  const windowMs = 10_000 / speed;
  const query = `time_window_seconds=${windowMs / 1_000}`;

  function expectRight(got: number, firstMs: number, lastMs: number): void {
    const [least, most] = oracle.averages(firstMs, lastMs, windowMs);
    assert.ok(got >= least * 0.99 && got <= most * 1.01, `${got} is not ${least} to ${most}`);
  }

  async function blocking(): Promise<void> {
    const sentMs = Date.now();
    const { text } = expectStatus(await ask(`GET /compute_avg_speed?${query}`), 200);
    expectRight(Number(text), sentMs, Date.now() - windowMs);
  }

  async function task(): Promise<void> {
    const sentMs = Date.now();
    const { body } = expectStatus(await ask(`POST /request_to_compute_avg_speed?${query}`), 200);
    const answeredMs = Date.now();
    const over = await untilOver(sample, body);
    const { result } = JSON.parse(String(over.body)) as { result: number };
    expectRight(result, sentMs, answeredMs);
  }

  for (let round = 0; round < 3; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- each where the car is by then
    await Promise.all([blocking(), task(), blocking(), task()]);
  }
});

test('the way between two samples is that of all between them', async () => {
  const [ask, polling] = [sample.ask('api'), sample.ask('polling')];
  await untilState(sample);
  const first = await stateOf(polling);
  const last = await until(async () => {
    const state = await stateOf(ask);
    return state.timestamp > first.timestamp + 1.5 ? state : undefined;
  }, waitMsMax);
  assert.ok(last);
  const oracle = oracleOf(await sampleRows(), speed, first);
  const answer = await polling(`GET /distance?from=${first.timestamp}&to=${last.timestamp}`);
  const { distance_meters: meters, to } = answer.body as { distance_meters: number; to: number };
  assert.equal(to, last.timestamp);
  assert.ok(Math.abs(meters - oracle.metersBetween(first, last)) < 0.01, `${meters}`);
  assert.ok(meters > 0);
  const backwards = await polling(`GET /distance?from=${last.timestamp}&to=${first.timestamp}`);
  assert.equal(backwards.status, 422);
});

/** So many events of the stream, from its beginning or from an event on. */
async function eventsOf(count: number, lastId?: number): Promise<{ id: number; data: string }[]> {
  const leaving = new AbortController();
  const headers = lastId === undefined ? {} : { 'last-event-id': String(lastId) };
  const { body } = await fetch(`${sample.url('push')}/events`, { headers, signal: leaving.signal });
  const pattern = /^event: gps\nid: (\d+)\ndata: (.+)$/;
  const events: { id: number; data: string }[] = [];
  let text = '';
  for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const frames = (text + part).split('\n\n');
    text = frames.pop() ?? '';
    const read = frames.map((frame) => pattern.exec(frame) ?? assert.fail(frame));
    events.push(...read.map(([, id, data = '']) => ({ id: Number(id), data })));
    if (events.length >= count) break;
  }
  leaving.abort();
  return events;
}

test('a reader of the stream that comes back misses nothing and gets nothing twice', async () => {
  await untilState(sample);
  const whole = await eventsOf(20);
  const ids = whole.map(({ id }) => id);
  assert.deepEqual(
    ids,
    [...new Set(ids)].toSorted((a, b) => a - b),
  );
  const [first = 0, , , fourth = 0] = ids;
  const again = await eventsOf(ids.length - 4, fourth);
  assert.deepEqual(
    again.slice(0, ids.length - 4).map(({ id, data }) => [id, data]),
    whole.slice(4).map(({ id, data }) => [id, data]),
  );
  const steps = whole.slice(1).map(({ data }) => JSON.parse(data).elapsed_time_seconds as number);
  const seconds = steps.reduce((sum, step) => sum + step, 0);
  assert.ok(Math.abs(first + seconds * 1_000 - (ids.at(-1) ?? 0)) < 1);
});

test('replays side by side are printed, each line with its vehicle', async () => {
  type Printed = { vehicle?: string };
  const printed = (vehicle: string) =>
    sample.log.find((line) => (line as Printed).vehicle === vehicle && 'latitude' in line);
  for (const vehicle of ['lab-gps', 'lab-gps-2']) {
    // oxlint-disable-next-line no-await-in-loop -- both come soon
    const line = await until(() => printed(vehicle), waitMsMax);
    assert.deepEqual(Object.keys(line ?? {}).toSorted(), ['vehicle', ...servedColumns].toSorted());
  }
});

test(
  'each sample is in Redis, under the key and on both channels',
  { skip: redisIsMissing },
  async () => {
    const redis = await startRedis();
    const reader = createClient({ url: redis.url });
    const subscriber = createClient({ url: redis.url });
    await Promise.all([reader.connect(), subscriber.connect()]);
    const heard: Record<string, string[]> = { gps_state: [], gps_state_topic: [] };
    for (const channel of Object.keys(heard)) {
      // oxlint-disable-next-line no-await-in-loop -- one connection
      await subscriber.subscribe(channel, (message) => heard[channel]?.push(message));
    }
    const lab = await startLab('gps', { speed: 20, redis: redis.url });
    const both = () => heard['gps_state']?.[1] && heard['gps_state_topic']?.[1];
    assert.ok(await until(() => both() || undefined, waitMsMax));
    assert.deepEqual(Object.keys(JSON.parse(heard['gps_state']?.[0] ?? '')), [...servedColumns]);
    assert.deepEqual(heard['gps_state_topic']?.slice(0, 2), heard['gps_state']?.slice(0, 2));
    const kept = JSON.parse((await reader.get('gps_state')) ?? '') as { timestamp: number };
    const { timestamp } = await stateOf(lab.ask('api'));
    assert.ok(Math.abs(timestamp - kept.timestamp) < 5);
    reader.destroy();
    subscriber.destroy();
    await redis.kill();
    const next = async () =>
      (await stateOf(lab.ask('api'))).timestamp > timestamp + 1 ? true : undefined;
    assert.ok(await until(next, waitMsMax));
    await redis.start();
    const again = createClient({ url: redis.url });
    await again.connect();
    const isTold = async () => ((await again.get('gps_state')) ? true : undefined);
    assert.ok(await until(isTold, waitMsMax));
    again.destroy();
  },
);
