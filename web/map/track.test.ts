import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distanceMeters } from '../../src/tracking/geo.ts';
import { indexAt, momentAt, thinned, trackOf } from './track.ts';

const fix = (second: number, longitude: number, more = {}) => ({
  timestamp: new Date(second * 1_000).toISOString(),
  latitude: 10,
  longitude,
  ...more,
});
const fixes = [
  fix(100, 5, { speedMetersPerSecond: 3, elevation: 40 }),
  fix(110, 5.001),
  fix(130, 5.002, { speedMetersPerSecond: 7 }),
];
const [first, second, third] = fixes as [
  (typeof fixes)[0] & object,
  (typeof fixes)[0] & object,
  (typeof fixes)[0] & object,
];

test('the distance grows from fix to fix, as the server measures it', () => {
  const { meters, speeds, elevations } = trackOf(fixes);
  const step = distanceMeters(first, second);
  assert.deepEqual(meters, [0, step, step + distanceMeters(second, third)]);
  assert.deepEqual(speeds, [3, step / 10, 7]);
  assert.deepEqual(elevations, [40, null, null]);
});

test('between two fixes the way is even, and the last measurement holds', () => {
  const track = trackOf(fixes);
  const moment = momentAt(track, 105);
  assert.equal(moment?.meters, (track.meters[1] ?? 0) / 2);
  assert.equal(moment?.speed, 3);
  assert.ok(Math.abs((moment?.place.longitude ?? 0) - 5.0005) < 1e-9);
});

test('before the first and after the last fix nothing moves', () => {
  const track = trackOf(fixes);
  assert.deepEqual(momentAt(track, 0)?.place, { latitude: 10, longitude: 5 });
  assert.equal(momentAt(track, 999)?.meters, track.meters[2]);
  assert.equal(momentAt(trackOf([]), 100), undefined);
});

test('the fix of a time is the last that is not after it', () => {
  const times = [1, 2, 3, 5, 8];
  assert.deepEqual(
    [0, 1, 2.5, 4.9, 5, 99].map((time) => indexAt(times, time)),
    [0, 0, 1, 2, 3, 4],
  );
});

test('what is thinned keeps its last', () => {
  assert.deepEqual(thinned([1, 2, 3, 4, 5], 2), [2, 5]);
  assert.deepEqual(thinned([1, 2], 2), [1, 2]);
});
