import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { seeded, shuffled } from '../faults/random.ts';
import { callBy, callByStaff, callByUser } from '../testing/call.ts';
import { createFinder } from './find-vehicle.ts';
import { fixAt, freshTracking, noon } from './fixture.ts';
import { createRoutes } from './route.ts';
import type { Fix } from './shapes.ts';

type Asked = Parameters<ReturnType<typeof createRoutes>['getRoute']>[0];

const clock = { ms: noon };
const { database, parts, drive } = await freshTracking({ now: () => new Date(clock.ms) });
const routes = createRoutes({ ...parts, finder: createFinder(parts) });
const byStaff = callByStaff;

const everySeconds = 30;
/** Two days and a bit until noon, so that three days of the calendar have some of it. */
const track: Fix[] = Array.from({ length: 6_000 }, (_, nth) =>
  fixAt((nth - 5_999) * everySeconds, {
    latitude: 52.5 + Math.sin(nth / 100) / 10,
    longitude: 13.4 + nth / 10_000,
    ...(nth % 2 === 0 && { speedMetersPerSecond: nth / 1_000, satellites: nth % 12 }),
  }),
);
const wholeTrack = { from: fixAt(-180_000).timestamp, to: fixAt(0).timestamp };

/** Shuffled, and from many who report at once. */
async function driveInDisorder(id: string): Promise<void> {
  await drive(id, []);
  const fixes = shuffled(seeded(4), track);
  const loads = Array.from({ length: 12 }, (_, nth) => fixes.slice(nth * 500, (nth + 1) * 500));
  await Promise.all(loads.map((load) => drive(id, load)));
}
await driveInDisorder('van-1');

/** All pages of a route; something may happen after each. */
async function pagesOf(asked: Asked, meanwhile: () => Promise<unknown> = async () => undefined) {
  const pages: Fix[][] = [];
  let cursor: string | undefined;
  do {
    // oxlint-disable-next-line no-await-in-loop -- each page says where the next begins
    const page = await routes.getRoute({ ...asked, ...(cursor && { cursor }) }, byStaff());
    pages.push(page.items);
    cursor = page.nextCursor;
    // oxlint-disable-next-line no-await-in-loop -- between two pages is when
    await meanwhile();
  } while (cursor !== undefined);
  return pages;
}

test('fixes that came in any order are read in the order of their times', async () => {
  const pages = await pagesOf({ id: 'van-1', ...wholeTrack, limit: 1_000 });
  assert.deepEqual(
    pages.map(({ length }) => length),
    [1_000, 1_000, 1_000, 1_000, 1_000, 1_000],
  );
  assert.deepEqual(pages.flat(), track);
});

test('the ends of the time belong to it, and a hundred fixes are a page', async () => {
  const asked = { id: 'van-1', from: fixAt(-90).timestamp, to: fixAt(-30).timestamp };
  const { items, nextCursor } = await routes.getRoute(asked, byStaff());
  assert.deepEqual([items, nextCursor], [track.slice(-4, -1), undefined]);

  const lastDay = await routes.getRoute({ id: 'van-1' }, byStaff());
  assert.deepEqual(lastDay.items, track.slice(-2_881, -2_781));
  const later = { id: 'van-1', from: fixAt(-89.999).timestamp, to: fixAt(-30.001).timestamp };
  assert.deepEqual((await routes.getRoute(later, byStaff())).items, [track.at(-3)]);
});

test('pages join without gaps and doubles, and end, while the vehicle drives on', async () => {
  const start = [fixAt(-50), fixAt(-40), fixAt(-30), fixAt(-20), fixAt(-10), fixAt(0)];
  await drive('van-2', start);
  let seconds = 0;
  const pages = await pagesOf({ id: 'van-2', limit: 2 }, async () => {
    seconds += 1;
    clock.ms = noon + seconds * 1_000;
    // One that is newer than the first page, and one that comes late to where the reader has been.
    await drive('van-2', [fixAt(seconds), fixAt(-50 + seconds / 1_000)]);
  });
  clock.ms = noon;
  assert.deepEqual(pages, [start.slice(0, 2), start.slice(2, 4), start.slice(4)]);
});

test('a cursor fits its own vehicle, time and tolerance only', async () => {
  await drive('van-3', [fixAt(-3), fixAt(-2)]);
  const asked = { id: 'van-1', ...wholeTrack, limit: 10, toleranceMeters: 5 };
  const { nextCursor: cursor = '' } = await routes.getRoute(asked, byStaff());
  const { from: _from, ...withoutFrom } = asked;
  const others: Asked[] = [
    { ...asked, id: 'van-3' },
    { ...asked, to: fixAt(-1).timestamp },
    { ...asked, toleranceMeters: 6 },
    withoutFrom,
  ];
  for (const other of others) {
    const work = routes.getRoute({ ...other, cursor }, byStaff());
    // oxlint-disable-next-line no-await-in-loop -- four, one after the other
    await assert.rejects(work, { code: 'invalid', message: /does not belong/ });
  }
  assert.equal((await routes.getRoute({ ...asked, limit: 7, cursor }, byStaff())).items.length, 2);
});

test('a page that is simplified keeps its ends, and the next one goes on behind it', async () => {
  const asked = { id: 'van-1', ...wholeTrack, limit: 1_000, toleranceMeters: 50 };
  const pages = await pagesOf(asked);
  assert.ok(pages.flat().length < track.length / 3);
  const ends = pages.map((page) => [page[0], page.at(-1)]);
  assert.deepEqual(
    ends,
    pages.map((_, nth) => [track[nth * 1_000], track[nth * 1_000 + 999]]),
  );
});

test('a time of no calendar, too long a time, and one that ends before it begins are refused', async () => {
  const times = [
    { from: '2026-02-30T00:00:00Z' },
    { from: fixAt(1).timestamp },
    { from: '2026-10-01T00:00:00Z' },
  ];
  for (const time of times) {
    for (const ask of Object.values(routes)) {
      // oxlint-disable-next-line no-await-in-loop -- nine, one after the other
      await assert.rejects(ask({ id: 'van-1', ...time }, byStaff()), { code: 'invalid' });
    }
  }
});

test('long before and long after there is nothing, at either end of the calendar', async () => {
  for (const to of ['0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z']) {
    const asked = { id: 'van-1', to };
    // oxlint-disable-next-line no-await-in-loop -- two, one after the other
    assert.deepEqual(await routes.getRoute(asked, byStaff()), { items: [] });
    for (const ask of [routes.getRouteAsGpx, routes.getRouteAsGeoJson]) {
      // oxlint-disable-next-line no-await-in-loop -- two, one after the other
      await assert.rejects(ask(asked, byStaff()), { code: 'noFixes' });
    }
  }
});

test('a vehicle of somebody else is not there', async () => {
  const ownerId = randomUUID();
  await drive('bike-1', [fixAt(-2), fixAt(-1)], ownerId);
  const asked = { id: 'bike-1' };
  const refusals = [
    [asked, callByUser(randomUUID(), 'courier'), 'notFound'],
    [{ id: 'none' }, byStaff(), 'notFound'],
    [asked, callByUser(ownerId, 'customer'), 'forbidden'],
    [asked, callBy(), 'unauthorized'],
  ] as const;
  const work = Object.values(routes).map(async (ask) => {
    assert.ok(await ask(asked, callByUser(ownerId, 'courier')));
    const refused = refusals.map(([input, call, code]) =>
      assert.rejects(ask(input, call), { code }),
    );
    return Promise.all(refused);
  });
  await Promise.all(work);
});

test('as GeoJSON a route is whole, and says of what vehicle and time it is', async () => {
  const asked = { id: 'van-1', ...wholeTrack };
  const feature = JSON.parse(await routes.getRouteAsGeoJson(asked, byStaff())) as {
    geometry: { coordinates: number[][] };
    properties: { vehicleId: string; from: string; to: string; coordTimes: string[] };
  };
  const { vehicleId, from, to, coordTimes } = feature.properties;
  assert.deepEqual({ vehicleId, from, to }, { vehicleId: 'van-1', ...wholeTrack });
  assert.deepEqual(
    coordTimes,
    track.map(({ timestamp }) => timestamp),
  );
  assert.deepEqual(
    feature.geometry.coordinates.map(([longitude]) => longitude),
    track.map(({ longitude }) => Number(longitude.toFixed(7))),
  );
});

test('as GPX a route is whole, and bears the name of its vehicle', async () => {
  const text = `update tracking.vehicles set name = 'A & B' where id = 'van-1'`;
  await database.rows({ name: 'nameVan', text });
  const gpx = await routes.getRouteAsGpx({ id: 'van-1', ...wholeTrack }, byStaff());
  assert.match(gpx, /<name>A &amp; B<\/name>/);
  assert.deepEqual(
    [...gpx.matchAll(/<trkpt .*<time>(.*)<\/time>/g)].map(([, time]) => time),
    track.map(({ timestamp }) => timestamp),
  );
});

test('a file may be simplified, too', async () => {
  const asked = { id: 'van-1', ...wholeTrack, toleranceMeters: 50 };
  const gpx = await routes.getRouteAsGpx(asked, byStaff());
  const times = [...gpx.matchAll(/<time>([^<]*)<\/time><?/g)].map(([, time]) => time).slice(1);
  assert.ok(times.length < track.length / 3);
  assert.deepEqual([times[0], times.at(-1)], [track[0]?.timestamp, track.at(-1)?.timestamp]);
});
