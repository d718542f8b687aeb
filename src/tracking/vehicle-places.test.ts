import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { callByStaff } from '../testing/call.ts';
import { freshTracking } from './fixture.ts';
import { distanceMeters, type Place } from './geo.ts';
import { createVehicleList } from './vehicle-list.ts';

const { database, parts } = await freshTracking();
const { listVehicles } = createVehicleList(parts);

/** Names that sort as they are numbered. */
const idOf = (i: number): string => `v${String(i).padStart(3, '0')}`;

async function park(places: readonly Place[]): Promise<void> {
  await database.rows({ name: 'leavePlaces', text: 'delete from tracking.states' });
  await database.rows({ name: 'leave', text: 'delete from tracking.vehicles' });
  await database.rows(
    {
      name: 'park',
      text: `with v as (
        insert into tracking.vehicles (id) select unnest($1::text[]) returning no, id)
      insert into tracking.states (vehicle, at, latitude, longitude, received_at)
      select no, now(), latitude, longitude, now()
      from v join unnest($1::text[], $2::float8[], $3::float8[]) as p (id, latitude, longitude)
        using (id)`,
    },
    [
      places.map((_, i) => idOf(i)),
      places.map(({ latitude }) => latitude),
      places.map(({ longitude }) => longitude),
    ],
  );
}

/** All pages together. */
async function listAll(box: string, cursor?: string): Promise<string[]> {
  const page = await listVehicles({ box, limit: 7, ...(cursor && { cursor }) }, callByStaff());
  const ids = page.items.map(({ id }) => id);
  return page.nextCursor ? [...ids, ...(await listAll(box, page.nextCursor))] : ids;
}

const step = fc.integer({ min: -90, max: 90 });
/** On a coarse grid, so that vehicles stand on the edges of boxes too. */
const gridPlace = fc.record({
  latitude: step,
  longitude: fc.oneof(
    step.map((half) => half * 2),
    fc.constantFrom(-180, 180),
  ),
});

/** Where a search is most likely to go wrong, and somewhere else. */
const spots: Place[] = [
  { latitude: 0, longitude: 180 },
  { latitude: 64, longitude: -179.9 },
  { latitude: 89.9, longitude: 10 },
  { latitude: -89.5, longitude: -170 },
  { latitude: 88.5, longitude: 179 },
  { latitude: 52.5, longitude: 13.4 },
];
/** To a centimetre, as devices say it. */
const offset = fc.integer({ min: -1e7, max: 1e7 }).map((tiny) => tiny / 1e7);
const placeAt = (spot: Place): fc.Arbitrary<Place> =>
  fc.tuple(offset, offset).map(([up, right]) => ({
    latitude: Math.max(-90, Math.min(90, spot.latitude + up)),
    longitude: wrapped(spot.longitude + right / Math.cos((spot.latitude * Math.PI) / 180)),
  }));

function wrapped(longitude: number): number {
  const turns = Math.round(longitude / 360);
  return Math.max(-180, Math.min(180, longitude - 360 * turns));
}

test('a box has whom a look at every vehicle finds in it, page by page', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(gridPlace, { maxLength: 60 }),
      fc.array(fc.tuple(gridPlace, gridPlace), { minLength: 1, maxLength: 6 }),
      async (places, corners) => {
        await park(places);
        const asked = corners.map(([a, b]) => {
          const [south, north] = [a.latitude, b.latitude].toSorted((one, other) => one - other);
          const box = {
            west: a.longitude,
            east: b.longitude,
            south: south ?? 0,
            north: north ?? 0,
          };
          return box;
        });
        const found = await Promise.all(
          asked.map((b) => listAll([b.west, b.south, b.east, b.north].join(','))),
        );
        for (const [i, { west, south, east, north }] of asked.entries()) {
          const isIn = ({ latitude, longitude }: Place): boolean => {
            // The date line has two names, and either of them will do.
            const names = Math.abs(longitude) === 180 ? [-180, 180] : [longitude];
            const isBetween = (name: number) =>
              west <= east ? west <= name && name <= east : west <= name || name <= east;
            return south <= latitude && latitude <= north && names.some(isBetween);
          };
          const expected = places.flatMap((place, n) => (isIn(place) ? [idOf(n)] : []));
          assert.deepEqual(found[i], expected);
        }
      },
    ),
    { numRuns: 1500 },
  );
});

const search = fc.constantFrom(...spots).chain((spot) =>
  fc.record({
    places: fc.array(placeAt(spot), { maxLength: 60 }),
    centre: placeAt(spot),
    radiusMeters: fc.double({ min: 1, max: 100_000, noNaN: true }),
    limit: fc.integer({ min: 1, max: 100 }),
  }),
);

test('near a point are those whom a look at every vehicle finds there, the nearest first', async () => {
  await fc.assert(
    fc.asyncProperty(search, async ({ places, centre, radiusMeters, limit }) => {
      const distances = places.map((place) => distanceMeters(centre, place));
      // Two ways to reckon agree but for the last digits.
      const closeMeters = 1e-5;
      fc.pre(distances.every((meters) => Math.abs(meters - radiusMeters) > closeMeters));
      await park(places);
      const near = `${centre.latitude},${centre.longitude}`;
      const { items } = await listVehicles({ near, radiusMeters, limit }, callByStaff());

      const found = items.map(({ id }) => distances[Number(id.slice(1))] ?? NaN);
      const expected = distances
        .filter((meters) => meters <= radiusMeters)
        .toSorted((one, other) => one - other)
        .slice(0, limit);
      assert.equal(new Set(items.map(({ id }) => id)).size, expected.length);
      assert.equal(found.length, expected.length);
      for (const [i, meters] of found.entries()) {
        assert.ok(Math.abs(meters - (expected[i] ?? NaN)) < closeMeters);
      }
    }),
    { numRuns: 150 },
  );
});
