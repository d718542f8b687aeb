import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { distanceMeters, type Place } from './geo.ts';
import { shortWay, simplifiedMax, simplify } from './simplify.ts';

const place = (latitude: number, longitude: number): Place => ({ latitude, longitude });
const clamp = (latitude: number) => Math.max(-90, Math.min(90, latitude));

/** Steps that add up to a line, from a place anywhere, and over the date line now and then. */
const aLine = (stepDegrees: number, lengthMax: number): fc.Arbitrary<Place[]> => {
  const step = fc.double({ min: -stepDegrees, max: stepDegrees, noNaN: true });
  return fc
    .record({
      latitude: fc.integer({ min: -75, max: 75 }),
      longitude: fc.constantFrom(13.4, 179.999, -179.999, 180, -180, 0),
      steps: fc.array(fc.tuple(step, step), { maxLength: lengthMax }),
    })
    .map(({ latitude, longitude, steps }) => {
      let at = place(latitude, longitude);
      return steps.map(([north, east]) => {
        at = place(clamp(at.latitude + north), shortWay(at.longitude + east));
        return at;
      });
    });
};

/** A place on the straight line between two, the short way round. */
function between(from: Place, to: Place, share: number): Place {
  const longitude = from.longitude + share * shortWay(to.longitude - from.longitude);
  return place(from.latitude + share * (to.latitude - from.latitude), shortWay(longitude));
}

/** How far a place is from a line, found by trying ever closer. */
function metersToLine(at: Place, from: Place, to: Place): number {
  let [low, high] = [0, 1];
  const away = (share: number) => distanceMeters(at, between(from, to, share));
  for (let round = 0; round < 12; round += 1) {
    const shares = Array.from({ length: 11 }, (_, nth) => low + ((high - low) * nth) / 10);
    const best = shares.reduce((one, other) => (away(other) < away(one) ? other : one));
    const tenth = (high - low) / 10;
    [low, high] = [Math.max(0, best - tenth), Math.min(1, best + tenth)];
  }
  return Math.min(away(low), away((low + high) / 2), away(high));
}

/** Looks at what was left out: how far it is from the line that replaces it, at most. */
function farthestLeftOut(line: readonly Place[], kept: readonly Place[]): number {
  let next = 0;
  let worst = 0;
  for (const at of line) {
    if (at === kept[next]) {
      next += 1;
      continue;
    }
    const [from, to] = [kept[next - 1], kept[next]];
    assert.ok(from && to, 'the ends stay, and so does the order');
    worst = Math.max(worst, metersToLine(at, from, to));
  }
  assert.equal(next, kept.length, 'nothing was invented or moved');
  return worst;
}

for (const [what, stepDegrees, metersMax] of [
  ['a walk', 0.001, 200],
  ['a ride', 0.02, 5_000],
  ['a flight', 2, 100_000],
] as const) {
  test(`all that is left out of ${what} is as near to the line as was asked`, () => {
    const tolerance = fc.double({ min: 0.1, max: metersMax, noNaN: true });
    fc.assert(
      fc.property(aLine(stepDegrees, 60), tolerance, (line, meters) => {
        const kept = simplify(line, meters);
        assert.ok(farthestLeftOut(line, kept) <= meters * (1 + 1e-6) + 0.001);
      }),
      { numRuns: 150 },
    );
  });
}

test('who simplifies twice loses nothing more', () => {
  fc.assert(
    fc.property(aLine(0.01, 100), (line) => {
      const kept = simplify(line, 300);
      assert.deepEqual(simplify(kept, 300), kept);
    }),
    { numRuns: 100 },
  );
});

test('a straight road is its ends, a corner stays', () => {
  const east = Array.from({ length: 50 }, (_, nth) => place(52.5, 13 + nth / 1_000));
  const north = Array.from({ length: 50 }, (_, nth) => place(52.501 + nth / 1_000, 13.049));
  assert.deepEqual(simplify(east, 1), [east[0], east[49]]);
  assert.deepEqual(simplify([...east, ...north], 1), [east[0], east[49], north[49]]);
});

test('whoever drives round a block and comes back is not thought to have stayed', () => {
  const block = [place(52, 13), place(52.01, 13), place(52.01, 13.01), place(52, 13)];
  assert.deepEqual(simplify(block, 10), block);
  assert.deepEqual(
    simplify(
      [block[0], block[0], block[0]].flatMap((one) => one ?? []),
      10,
    ),
    [block[0], block[0]],
  );
});

test('what is far away near the equator is far away, even if the line ends in the north', () => {
  // Half a degree is 56 km there, and would be 28 km where the line ends.
  const line = [place(0, 0), place(1, 0.5), place(2, 0), place(60, 0)];
  assert.deepEqual(simplify(line, 40_000), [line[0], line[1], line[2], line[3]]);
  assert.deepEqual(simplify(line, 60_000), [line[0], line[3]]);
});

test('a straight way over the date line is its ends', () => {
  const line = [place(10, 179.8), place(10, 179.9), place(10, -180), place(10, -179.9)];
  assert.deepEqual(simplify(line, 1), [line[0], line[3]]);
});

test('a way round the world is not taken for the way back', () => {
  const equator = [0, 60, 120, 180, -120, -60, 0].map((longitude) => place(0, longitude));
  assert.ok(simplify(equator, 1_000).length >= 4);
});

test('too short to be simplified stays as it is', () => {
  assert.deepEqual(simplify([], 10), []);
  assert.deepEqual(simplify([place(1, 2)], 10), [place(1, 2)]);
  assert.deepEqual(simplify([place(1, 2), place(1, 2)], 10), [place(1, 2), place(1, 2)]);
});

test('a long line is cut, and the ends of its pieces stay, each once', () => {
  const line = Array.from({ length: 2 * simplifiedMax }, (_, nth) => place(0, nth / 10_000));
  const ends = [0, simplifiedMax - 1, 2 * (simplifiedMax - 1), 2 * simplifiedMax - 1];
  assert.deepEqual(
    simplify(line, 1),
    ends.map((at) => line[at]),
  );
});

test('the worst line takes no more calls within calls than any other', () => {
  // Each span is cut next to its end.
  const line = Array.from({ length: 100_000 }, (_, nth) => place(0.5 * 0.99 ** nth, nth / 1_000));
  assert.equal(simplify(line, 0.1).at(-1), line.at(-1));
});
