import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spotOf } from './geo.ts';
import { land } from './land-build.ts';
import { ringOf } from './land.ts';

test('a coast is where its steps lead', () => {
  const { spots, west, east, north, south } = ringOf([1_000, 2_000, 500, 0, 0, -1_000]);
  const corners = [
    { longitude: 10, latitude: 20 },
    { longitude: 15, latitude: 20 },
    { longitude: 15, latitude: 10 },
  ].map(spotOf);
  assert.deepEqual(
    [...spots],
    corners.flatMap(({ x, y }) => [x, y]),
  );
  assert.deepEqual([west, east], [corners[0]?.x, corners[1]?.x]);
  assert.deepEqual([north, south], [corners[0]?.y, corners[2]?.y]);
});

test('the outlines of all land are built, small enough to be fetched', async () => {
  const load = land().load as (id: string) => string;
  const code = load('\0virtual:land');
  assert.ok(code.length < 300_000, `${code.length}`);
  const { rings } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    rings: number[][];
  };
  assert.ok(rings.length > 1_000);
  for (const ring of rings.map(ringOf)) {
    assert.ok(ring.west > -1 && ring.east < 2 && ring.north >= -1e-9 && ring.south <= 1 + 1e-9);
    // Nothing jumps around the world, where a line would cross all of it.
    const xs = ring.spots.filter((_, i) => i % 2 === 0);
    const jumps = xs.slice(1).filter((x, i) => Math.abs(x - (xs[i] ?? x)) > 0.5);
    assert.ok(jumps.length === 0 || ring.south > 0.99, `${ring.west} ${ring.north}`);
  }
});
