import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellText, clockText, createSamples, type Gps } from './samples.ts';

const gps = (timestamp: number): Gps => ({
  timestamp,
  latitude: 1,
  longitude: 2,
  elevation: null,
  accuracy: null,
  bearing: null,
  speed_meters_per_second: null,
  satellites: null,
  hdop: null,
  vdop: null,
  pdop: null,
  distance_meters: 0,
  elapsed_time_seconds: 0,
});

test('however many samples come between two pictures, they are shown once and in order', () => {
  const frames: (() => void)[] = [];
  const samples = createSamples((work) => frames.push(work));
  samples.add(gps(1), 0);
  samples.add(gps(2), 5);
  assert.equal(samples.all.value.length, 0);
  assert.equal(frames.length, 1);
  frames[0]?.();
  assert.deepEqual(
    samples.all.value.map(({ timestamp, total_meters: total }) => [timestamp, total]),
    [
      [1, 0],
      [2, 5],
    ],
  );
});

test('a page holds the newest 5000 samples, whether it is looked at or not', () => {
  const samples = createSamples((work) => work());
  samples.add(gps(0), 0);
  for (let i = 1; i <= 5_000; i += 1) samples.add(gps(i), i);
  assert.equal(samples.all.value.length, 5_000);
  assert.equal(samples.all.value.at(-1)?.timestamp, 5_000);
  const frames: (() => void)[] = [];
  const hidden = createSamples((work) => frames.push(work));
  for (let i = 0; i <= 5_000; i += 1) hidden.add(gps(i), i);
  frames[0]?.();
  assert.equal(hidden.all.value.length, 5_000);
  assert.equal(hidden.all.value[0]?.timestamp, 1);
});

test('cells are short, and exact enough to find the place again', () => {
  assert.equal(cellText('latitude', 52.123_456_789), '52.1234568');
  assert.equal(cellText('hdop', null), '–');
  assert.equal(cellText('timestamp', 0.5), '1970-01-01T00:00:00.500Z');
  assert.equal(clockText(3_661), '01:01:01');
});
