import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distanceMeters } from '../../src/tracking/geo.ts';
import { between, boundsOf, placeOf, spotOf } from './geo.ts';

const berlin = { latitude: 52.5163, longitude: 13.3777 };
const suva = { latitude: -18.1416, longitude: 178.4419 };

test('a place on the map of the world is found again', () => {
  for (const place of [berlin, suva]) {
    const again = placeOf(spotOf(place));
    assert.ok(distanceMeters(place, again) < 0.001);
  }
  const [x, y] = Object.values(spotOf({ latitude: 0, longitude: 0 }));
  assert.deepEqual([x, y], [0.5, 0.5]);
});

test('the pole is at the end of the map and no further', () => {
  assert.ok(Math.abs(spotOf({ latitude: 90, longitude: 0 }).y) < 1e-9);
});

test('halfway over the date line is not on the other side of the world', () => {
  const tonga = { latitude: -18, longitude: -178 };
  const half = between({ latitude: -18, longitude: 178 }, tonga, 0.5);
  assert.equal(Math.abs(half.longitude), 180);
  assert.equal(between(berlin, suva, 0).longitude, berlin.longitude);
});

test('bounds hold all places, and nothing has none', () => {
  assert.equal(boundsOf([]), undefined);
  assert.deepEqual(boundsOf([berlin, suva]), [
    { latitude: suva.latitude, longitude: berlin.longitude },
    { latitude: berlin.latitude, longitude: suva.longitude },
  ]);
});
