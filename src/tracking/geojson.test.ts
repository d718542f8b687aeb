import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixAt } from './fixture.ts';
import { geoJsonWriter } from './geojson.ts';
import type { Fix } from './shapes.ts';

type Feature = {
  type: string;
  geometry: { type: string; coordinates: unknown };
  properties: Record<string, unknown>;
};

const head = {
  vehicleId: 'van-1',
  from: '2026-11-20T12:00:00.000Z',
  to: '2026-11-20T13:00:00.000Z',
};

function written(...pieces: Fix[][]): Feature {
  const writer = geoJsonWriter(head);
  pieces.forEach((piece) => writer.add(piece));
  return JSON.parse(writer.end()) as Feature;
}
const at = (longitude: number, seconds: number, latitude = 10) =>
  fixAt(seconds, { latitude, longitude });

test('a route is a line, longitude first, with the time of each of its points', () => {
  const route = [
    fixAt(0, { speedMetersPerSecond: 3.25, elevation: 34.5 }),
    fixAt(1, { latitude: 52.50000004 }),
    fixAt(2, { latitude: -1e-7, longitude: -1e-9, elevation: -12 }),
  ];
  assert.deepEqual(written(route.slice(0, 2), route.slice(2)), {
    type: 'Feature',
    geometry: {
      type: 'LineString',
      coordinates: [
        [13.4, 52.5, 34.5],
        [13.4, 52.5],
        [0, -1e-7, -12],
      ],
    },
    properties: {
      ...head,
      coordTimes: route.map(({ timestamp }) => timestamp),
      speedsMetersPerSecond: [3.25, null, null],
    },
  });
});

test('one fix is a point, and without any speed there are no speeds', () => {
  const { geometry, properties } = written([at(13, 0)]);
  assert.deepEqual(geometry, { type: 'Point', coordinates: [13, 10] });
  assert.deepEqual(properties, { ...head, coordTimes: [at(13, 0).timestamp] });
});

test('a line is cut at the date line, both ways, at the place where it crosses', () => {
  const { geometry, properties } = written(
    [at(179, 0, 10), at(-179, 10, 12)],
    [at(-178, 20, 12), at(178, 60, 16)],
  );
  assert.deepEqual(geometry, {
    type: 'MultiLineString',
    coordinates: [
      [
        [179, 10],
        [180, 11],
      ],
      [
        [-180, 11],
        [-179, 12],
        [-178, 12],
        [-180, 14],
      ],
      [
        [180, 14],
        [178, 16],
      ],
    ],
  });
  const times = [
    [0, 5],
    [5, 10, 20, 40],
    [40, 60],
  ];
  assert.deepEqual(
    properties['coordTimes'],
    times.map((line) => line.map((seconds) => fixAt(seconds).timestamp)),
  );
});

test('whoever rests on the date line is in one place, however it is written', () => {
  const { geometry } = written([at(180, 0), at(-180, 1), at(179.99999999, 2)]);
  assert.deepEqual(geometry, { type: 'LineString', coordinates: [1, 2, 3].map(() => [-180, 10]) });
  const { geometry: left } = written([at(180, 0), at(179, 1)]);
  assert.deepEqual(left.coordinates, [
    [
      [-180, 10],
      [-180, 10],
    ],
    [
      [180, 10],
      [179, 10],
    ],
  ]);
});
