import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latitudeLabel, linesBetween, longitudeLabel, stepFor } from './graticule.ts';

test('lines come closer the nearer one looks, and never too close', () => {
  assert.equal(stepFor(3.1), 30);
  assert.equal(stepFor(0.1), 90);
  assert.equal(stepFor(95), 1);
  assert.equal(stepFor(100_000), 0.001);
});

test('lines go from edge to edge', () => {
  assert.deepEqual(linesBetween(-12, 11, 5), [-10, -5, 0, 5, 10]);
  assert.deepEqual(linesBetween(0.11, 0.13, 0.01), [0.11, 0.12, 0.13]);
  assert.deepEqual(linesBetween(1, 2, 5), []);
});

test('lines are named by degrees and side, also beyond the date line', () => {
  assert.equal(latitudeLabel(-30), '30° S');
  assert.equal(latitudeLabel(0), '0°');
  assert.equal(longitudeLabel(190), '170° W');
  assert.equal(longitudeLabel(180), '180°');
  assert.equal(longitudeLabel(13.4), '13.4° E');
});
