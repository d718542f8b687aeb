import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spotOf } from './geo.ts';
import { createMarks, spotAt, type Mark } from './marks.ts';

const seen = (longitude: number, id = 'a') => {
  const fix = { timestamp: '2026-01-01T00:00:00Z', latitude: 0, longitude };
  return { id, fix, timeMs: 0 };
};
const xAt = (mark: Mark | undefined, nowMs: number) => mark && spotAt(mark, nowMs).x;

test('a vehicle glides from where it is drawn to where it is', () => {
  const marks = createMarks(() => true);
  marks.put(seen(0), 0);
  assert.equal(xAt(marks.all.get('a'), 0), 0.5);
  marks.put(seen(36), 1_000);
  assert.equal(xAt(marks.all.get('a'), 1_250), 0.55);
  marks.put(seen(0), 1_250);
  assert.equal(xAt(marks.all.get('a'), 1_250), 0.55);
  assert.ok(marks.isGliding(1_700));
  assert.equal(xAt(marks.all.get('a'), 1_750), 0.5);
  assert.ok(!marks.isGliding(1_750));
});

test('over the date line it takes the shorter way', () => {
  const marks = createMarks(() => true);
  marks.put(seen(179), 0);
  marks.put(seen(-179), 1_000);
  assert.ok(Math.abs((xAt(marks.all.get('a'), 1_250) ?? 0) - 0) < 0.01);
});

test('who wants no motion sees it jump, and so does who sees too many', () => {
  const still = createMarks(() => false);
  still.put(seen(0), 0);
  still.put(seen(36), 1_000);
  assert.equal(xAt(still.all.get('a'), 1_000), spotOf({ latitude: 0, longitude: 36 }).x);
  const many = createMarks(() => true);
  for (let i = 0; i <= 300; i += 1) many.put(seen(0, `v${i}`), 0);
  many.put(seen(36, 'v0'), 1_000);
  assert.ok(!many.isGliding(1_001));
});
