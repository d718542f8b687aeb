import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { AppError } from '../platform/errors.ts';
import { isIn, readBox } from './box.ts';

const degrees = (max: number) =>
  fc.double({ min: -max, max, noNaN: true }).map((value) => Number(value.toFixed(6)));
const place = fc.record({ latitude: degrees(90), longitude: degrees(180) });

test('a box has its edges in it, and nothing outside them', () => {
  const box = readBox('5,-10.5,20,40');
  assert.deepEqual(box, { west: 5, south: -10.5, east: 20, north: 40 });
  assert.ok(isIn(box, { latitude: -10.5, longitude: 5 }));
  assert.ok(isIn(box, { latitude: 40, longitude: 20 }));
  for (const [latitude, longitude] of [
    [41, 10],
    [-11, 10],
    [0, 4.9],
    [0, 20.1],
  ] as const) {
    assert.ok(!isIn(box, { latitude, longitude }), `${latitude} ${longitude}`);
  }
});

test('a box whose west is east of its east crosses the date line', () => {
  const fiji = readBox('176,-20,-178,-12');
  assert.ok(isIn(fiji, { latitude: -17, longitude: 179 }));
  assert.ok(isIn(fiji, { latitude: -17, longitude: -179 }));
  assert.ok(isIn(fiji, { latitude: -17, longitude: 180 }));
  assert.ok(!isIn(fiji, { latitude: -17, longitude: 0 }));
});

test('every place is in a box or in the one that goes the other way around, or at the edge of both', () => {
  fc.assert(
    fc.property(place, degrees(180), degrees(180), (at, west, east) => {
      fc.pre(west !== east);
      const one = isIn({ west, south: -90, east, north: 90 }, at);
      const other = isIn({ west: east, south: -90, east: west, north: 90 }, at);
      assert.ok(one || other);
      const isAtEdge = at.longitude === west || at.longitude === east;
      assert.equal(one && other, isAtEdge);
    }),
  );
});

test('what is no box is refused', () => {
  for (const text of ['', '1,2,3', '1,2,3,4,5', '181,0,1,1', '0,-91,1,1', '0,0,1,91', '0,2,1,1']) {
    assert.throws(
      () => readBox(text),
      (error) => error instanceof AppError,
      text,
    );
  }
});
