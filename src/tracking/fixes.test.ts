import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { callBy, callByStaff, callByUser } from '../testing/call.ts';
import type { Call } from '../platform/call.ts';
import { dropOldDays } from './days.ts';
import { createFinder } from './find-vehicle.ts';
import { createFixes } from './fixes.ts';
import { fixAt, freshTracking, noon } from './fixture.ts';
import type { Fix } from './shapes.ts';

async function ingest() {
  const { database, parts, drive, announced } = await freshTracking();
  const { addFixes } = createFixes({ ...parts, finder: createFinder(parts) });
  const stored = () =>
    database.rows<{ id: string; at: string; speed: number | null }>({
      name: 'storedFixes',
      text: `select v.id, f.at, f.speed from tracking.fixes f
        join tracking.vehicles v on v.no = f.vehicle order by v.id, f.at`,
    });
  const states = () =>
    database.rows<{ id: string; at: string }>({
      name: 'storedStates',
      text: `select v.id, s.at from tracking.states s
        join tracking.vehicles v on v.no = s.vehicle order by v.id`,
    });
  return { database, parts, drive, announced, addFixes, stored, states };
}

const results = (report: { results: { result: string }[] }) =>
  report.results.map(({ result }) => result);

test('keeps what may be true of a batch, and says of each other fix why not', async () => {
  const { addFixes, stored } = await ingest();
  const fixes = [
    fixAt(0),
    { ...fixAt(1), latitude: 91 },
    fixAt(3_600),
    'north',
    { ...fixAt(2), timestamp: 'noon' },
    { ...fixAt(3), altitude: 7 },
    fixAt(-32 * 86_400),
    fixAt(4, { speedMetersPerSecond: 0 }),
  ];
  const report = await addFixes({ id: 'van-1', fixes }, callByStaff());
  assert.deepEqual(
    report.results.map(({ reason }) => reason),
    [
      undefined,
      '/latitude must be <= 90',
      '/timestamp is in the future',
      'The fix must be object',
      report.results[4]?.reason,
      '/altitude is not a field here',
      '/timestamp is older than 31 days',
      undefined,
    ],
  );
  assert.match(report.results[4]?.reason ?? '', /^\/timestamp must match/);
  assert.deepEqual([report.stored, report.known, report.refused], [2, 0, 6]);
  assert.equal((await stored()).length, 2);
});

test('refuses a request of which nothing is left, field by field', async () => {
  const { addFixes, stored } = await ingest();
  const call = callByStaff();
  await assert.rejects(addFixes({ id: 'van-1', ...fixAt(0), latitude: 91 }, call), {
    code: 'invalid',
    errors: [{ in: 'body', pointer: '/latitude', detail: 'must be <= 90' }],
  });
  await assert.rejects(addFixes({ id: 'van-1', fixes: [fixAt(0, { longitude: 181 }), 1] }, call), {
    message: 'All 2 fixes are impossible; nothing was stored',
  });
  await assert.rejects(addFixes({ id: 'van-1', fixes: [fixAt(0)], latitude: 1 }, call), {
    errors: [{ in: 'body', pointer: '/latitude', detail: 'goes into one of the fixes' }],
  });
  assert.deepEqual(await stored(), []);
});

test('knows a fix by vehicle and time: repeated, it changes nothing', async () => {
  const { addFixes, stored } = await ingest();
  const call = callByStaff();
  const slow = fixAt(1, { speedMetersPerSecond: 1 });
  const fast = fixAt(1, { speedMetersPerSecond: 50 });
  const first = await addFixes({ id: 'van-1', fixes: [fixAt(0), slow, fast] }, call);
  assert.deepEqual(results(first), ['stored', 'stored', 'known']);
  const again = await addFixes({ id: 'van-1', fixes: [fast, fixAt(2), fixAt(0)] }, call);
  assert.deepEqual(results(again), ['known', 'stored', 'known']);
  assert.deepEqual(results(await addFixes({ id: 'van-2', ...fast }, call)), ['stored']);
  const rows = await stored();
  assert.deepEqual(
    rows.map(({ id, speed }) => [id, speed]),
    [
      ['van-1', null],
      ['van-1', 1],
      ['van-1', null],
      ['van-2', 50],
    ],
  );
});

test('tells each of many who report at once what became of theirs', async () => {
  const { addFixes, stored } = await ingest();
  const call = callByStaff();
  await addFixes({ id: 'van-3', fixes: [fixAt(1), fixAt(3)] }, call);
  const reports = await Promise.all(
    [1, 2, 3, 4].map((n) =>
      addFixes({ id: `van-${n}`, fixes: [fixAt(0), fixAt(1), fixAt(2), fixAt(3)] }, call),
    ),
  );
  assert.deepEqual(
    reports.map(({ known }) => known),
    [0, 0, 2, 0],
  );
  assert.deepEqual(results(reports[2] ?? { results: [] }), ['stored', 'known', 'stored', 'known']);
  assert.equal((await stored()).length, 16);
});

test('takes places so close to the equator that an index of places could not hold them', async () => {
  const { addFixes } = await ingest();
  const call = callByStaff();
  const tiny = [5e-324, -1e-300, 1e-200, 0, -0, 1e-13].map((latitude, i) =>
    addFixes({ id: `van-${i}`, ...fixAt(0), latitude, longitude: latitude }, call),
  );
  const reports = await Promise.all(tiny);
  assert.ok(reports.every(({ stored }) => stored === 1));
});

test('the newest fix by its own time is the state, in whichever order fixes come', async () => {
  const { addFixes, states } = await ingest();
  const call = callByStaff();
  await addFixes({ id: 'van-1', fixes: [fixAt(5), fixAt(9), fixAt(7)] }, call);
  await addFixes({ id: 'van-1', fixes: [fixAt(8), fixAt(1)] }, call);
  assert.deepEqual(await states(), [{ id: 'van-1', at: fixAt(9).timestamp }]);
});

test('announces what is newer than all before, in the order of time, with the way between', async () => {
  const { addFixes, announced } = await ingest();
  const call = callByStaff();
  const there: Partial<Fix> = { latitude: 52.501, speedMetersPerSecond: 11 };
  await addFixes({ id: 'van-1', fixes: [fixAt(5, there), fixAt(3)] }, call);
  await addFixes({ id: 'van-1', fixes: [fixAt(4), fixAt(6)] }, call);
  assert.deepEqual(
    announced.map(({ key, value }) => [key, value['sequence'], value['elapsed_time_seconds']]),
    [
      ['van-1', noon + 3_000, null],
      ['van-1', noon + 5_000, 2],
      ['van-1', noon + 6_000, 1],
    ],
  );
  const { value = {} } = announced[1] ?? {};
  assert.equal(value['speed_meters_per_second'], 11);
  assert.equal(Math.round(Number(value['distance_meters'])), 111);
  assert.equal(value['owner_id'], null);
});

test('a courier reports for vehicles of its own, a device for the one it speaks for', async () => {
  const { addFixes, drive } = await ingest();
  const courier = randomUUID();
  await drive('mine', [], courier);
  await drive('mine-too', [], courier);
  await drive('other', [], randomUUID());
  const byCourier = callByUser(courier, 'courier');
  const byDevice: Call = callBy({
    kind: 'user',
    id: courier,
    role: 'courier',
    sessionId: randomUUID(),
    scopes: ['tracking:write'],
    vehicleId: 'mine',
    token: 'none',
  });
  const outcome = (id: string, call: Call) =>
    addFixes({ id, ...fixAt(0) }, call).then(
      ({ results: [one] }) => one?.result,
      (error: { code: string }) => error.code,
    );
  assert.equal(await outcome('mine', byCourier), 'stored');
  assert.equal(await outcome('mine-too', byCourier), 'stored');
  assert.equal(await outcome('other', byCourier), 'notFound');
  assert.equal(await outcome('nobodys', byCourier), 'notFound');
  assert.equal(await outcome('mine', byDevice), 'known');
  assert.equal(await outcome('mine-too', byDevice), 'notFound');
  assert.equal(await outcome('mine', callByUser(courier, 'customer')), 'forbidden');
  assert.equal(await outcome('mine', callBy()), 'unauthorized');
});

test('drops days that are too old, and takes fixes of a day that was dropped and comes again', async () => {
  const { database, parts, addFixes, stored } = await ingest();
  const call = callByStaff();
  const day = 86_400;
  await addFixes({ id: 'van-1', fixes: [fixAt(-30 * day), fixAt(-2 * day), fixAt(0)] }, call);
  const later = { ...parts, database, fixDays: 1 };
  assert.equal(await dropOldDays(later), 2);
  assert.equal((await stored()).length, 1);
  const report = await addFixes({ id: 'van-1', fixes: [fixAt(-2 * day), fixAt(1)] }, call);
  assert.deepEqual(results(report), ['stored', 'stored']);
});
