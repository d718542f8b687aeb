import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ageText, headingText, motionOf, motionText, speedOf } from './motion.ts';

const place = { timestamp: '2026-01-01T00:00:00Z', latitude: 1, longitude: 2 };
const now = { nowMs: 100_000, staleSeconds: 60 };
const seen = (timeMs: number, more = {}) => ({ id: 'a', timeMs, fix: { ...place, ...more } });

test('a vehicle moves, stands, is stale, or was never seen', () => {
  assert.equal(motionOf(seen(90_000, { speedMetersPerSecond: 5 }), now), 'moving');
  assert.equal(motionOf(seen(90_000, { speedMetersPerSecond: 0.2 }), now), 'standing');
  assert.equal(motionOf(seen(90_000), now), 'standing');
  assert.equal(motionOf(seen(40_000, { speedMetersPerSecond: 5 }), now), 'moving');
  assert.equal(motionOf(seen(39_999, { speedMetersPerSecond: 5 }), now), 'stale');
  assert.equal(motionOf({ id: 'a', timeMs: 0 }, now), 'unseen');
});

test('its speed is what it says, or what its way says', () => {
  const way = { distanceMeters: 30, elapsedTimeSeconds: 10 };
  assert.equal(speedOf({ ...place, ...way }), 3);
  assert.equal(speedOf({ ...place, ...way, speedMetersPerSecond: 0 }), 0);
  assert.equal(speedOf({ ...place, distanceMeters: 3, elapsedTimeSeconds: 0 }), undefined);
  assert.equal(speedOf(place), undefined);
});

test('is told in words', () => {
  assert.equal(motionText(seen(90_000, { speedMetersPerSecond: 12 / 3.6 }), now), 'moving 12 km/h');
  assert.equal(motionText(seen(0, { speedMetersPerSecond: 5 }), now), 'stale');
  assert.equal(ageText(88_000, 100_500), '12 s ago');
  assert.equal(ageText(101_000, 100_000), 'just now');
  assert.equal(headingText(358), '358°, north');
  assert.equal(headingText(92), '92°, east');
});
