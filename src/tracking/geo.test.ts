import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  boxesAround,
  degrees,
  distanceMeters,
  earthRadiusMeters,
  radians,
  simpleBoxes,
  type Box,
  type Place,
} from './geo.ts';

const angle = (most: number) => fc.double({ min: -most, max: most, noNaN: true });
const place: fc.Arbitrary<Place> = fc.record({
  latitude: fc.oneof(angle(90), fc.constantFrom(-90, -89.999, 0, 89.999, 90)),
  longitude: fc.oneof(angle(180), fc.constantFrom(-180, -179.999, 0, 179.999, 180)),
});

const holds = ({ west, south, east, north }: Box, { latitude, longitude }: Place): boolean =>
  west <= longitude && longitude <= east && south <= latitude && latitude <= north;

/** Where somebody comes who leaves a place in a direction and goes straight on. */
function placeFrom({ latitude, longitude }: Place, bearing: number, meters: number): Place {
  const way = meters / earthRadiusMeters;
  const [phi, lambda, course] = [radians(latitude), radians(longitude), radians(bearing)];
  const northward = Math.sin(way) * Math.cos(course);
  const eastward = Math.sin(way) * Math.sin(course);
  const outward = Math.cos(way) * Math.cos(phi) - northward * Math.sin(phi);
  const x = outward * Math.cos(lambda) - eastward * Math.sin(lambda);
  const y = outward * Math.sin(lambda) + eastward * Math.cos(lambda);
  const z = Math.cos(way) * Math.sin(phi) + northward * Math.cos(phi);
  return {
    latitude: degrees(Math.atan2(z, Math.hypot(x, y))),
    longitude: degrees(Math.atan2(y, x)),
  };
}

test('a quarter of the equator is a quarter of the way around', () => {
  const quarter = (Math.PI / 2) * earthRadiusMeters;
  const from = { latitude: 0, longitude: 170 };
  assert.ok(Math.abs(distanceMeters(from, { latitude: 0, longitude: -100 }) - quarter) < 1e-6);
  assert.ok(Math.abs(distanceMeters(from, { latitude: 90, longitude: 0 }) - quarter) < 1e-6);
});

test('a box across the date line is one on each side of it', () => {
  const box = { west: 170, south: -1, east: -175, north: 1 };
  assert.deepEqual(simpleBoxes(box), [
    { ...box, east: 180 },
    { ...box, west: -180 },
  ]);
});

test('a box that ends at the date line has the line by both of its names', () => {
  const [south, north] = [-1, 1];
  const boxes = [
    ...simpleBoxes({ west: 170, south, east: 180, north }),
    ...simpleBoxes({ west: -180, south, east: -170, north }),
  ];
  const names = [-180, 180].map((longitude) =>
    boxes.map((box) => holds(box, { latitude: 0, longitude })),
  );
  assert.deepEqual(names, [
    [false, true, true, false],
    [true, false, false, true],
  ]);
  assert.equal(simpleBoxes({ west: -180, south, east: 180, north }).length, 1);
});

test('the boxes around a circle hold all of its edge, wherever it is', () => {
  fc.assert(
    fc.property(
      place,
      fc.double({ min: 1, max: 100_000, noNaN: true }),
      fc.double({ min: 0, max: 360, noNaN: true }),
      (centre, radiusMeters, bearing) => {
        const edge = placeFrom(centre, bearing, radiusMeters);
        assert.ok(boxesAround(centre, radiusMeters).some((box) => holds(box, edge)));
      },
    ),
    { numRuns: 2_000 },
  );
});

test('the boxes around a circle end where it ends', () => {
  const [centre, radiusMeters] = [{ latitude: 60, longitude: 179.9 }, 50_000];
  const [west, east] = boxesAround(centre, radiusMeters);
  const north = placeFrom(centre, 0, radiusMeters).latitude;
  assert.ok(west && east);
  assert.ok(Math.abs(west.north - north) < 1e-6);
  assert.equal(west.east, 180);
  // Meridians touch it half a degree of latitude nearer to the pole than its centre is.
  const farthest = Array.from({ length: 3_600 }, (_, i) =>
    placeFrom(centre, i / 10, radiusMeters),
  ).filter(({ longitude }) => longitude < 0);
  const edge = Math.max(...farthest.map(({ longitude }) => longitude));
  assert.ok(east.east >= edge && east.east - edge < 1e-5);
});

test('around a pole the box goes all the way around', () => {
  const [box, ...more] = boxesAround({ latitude: -89.95, longitude: 20 }, 10_000);
  assert.deepEqual(more, []);
  assert.deepEqual([box?.west, box?.south, box?.east], [-180, -90, 180]);
});
