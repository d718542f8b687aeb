import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { callBy, callByStaff, callByUser } from '../testing/call.ts';
import { refusal } from '../users/fixture.ts';
import { fixAt, freshTracking } from './fixture.ts';
import { createVehicleList } from './vehicle-list.ts';

const ann = randomUUID();
const byAnn = callByUser(ann, 'courier');

const { parts, drive } = await freshTracking();
const { listVehicles } = createVehicleList(parts);

await Promise.all([
  drive('a', [fixAt(0, { latitude: 50, longitude: 179.999 })], ann),
  drive('b', [fixAt(0, { latitude: 50, longitude: -179.999 })]),
  drive('c', [fixAt(0, { latitude: 50.001, longitude: 180 })], ann),
  drive('d', [], ann),
  drive('e', [fixAt(0, { latitude: 0, longitude: 0 })]),
]);

type Asked = Parameters<typeof listVehicles>[0];

async function idsOf(asked: Asked, call = callByStaff()): Promise<string[]> {
  const { items } = await listVehicles(asked, call);
  return items.map(({ id }) => id);
}

test('staff and our own services see all vehicles, couriers their own, also those never seen', async () => {
  assert.deepEqual(await idsOf({}), ['a', 'b', 'c', 'd', 'e']);
  const byService = callBy({ kind: 'service', name: 'demo' });
  assert.deepEqual(await idsOf({}, byService), ['a', 'b', 'c', 'd', 'e']);
  assert.deepEqual(await idsOf({}, byAnn), ['a', 'c', 'd']);
  assert.deepEqual(await idsOf({}, callByUser(randomUUID(), 'courier')), []);
  await assert.rejects(listVehicles({}, callBy()), refusal('unauthorized'));
  await assert.rejects(listVehicles({}, callByUser(ann)), refusal('forbidden'));
});

test('the key of a device sees its own vehicle only', async () => {
  const keyOf = (vehicleId: string, role: string) =>
    callBy({
      kind: 'user',
      id: ann,
      role,
      sessionId: randomUUID(),
      scopes: ['tracking:read'],
      vehicleId,
      token: 'none',
    });
  assert.deepEqual(await idsOf({}, keyOf('c', 'courier')), ['c']);
  assert.deepEqual(await idsOf({}, keyOf('b', 'courier')), []);
  assert.deepEqual(await idsOf({ box: '-180,-90,180,90' }, keyOf('b', 'staff')), ['b']);
  assert.deepEqual(await idsOf({ near: '50,180' }, keyOf('c', 'courier')), ['c']);
});

test('finds who is in a box, also across the date line', async () => {
  assert.deepEqual(await idsOf({ box: '179,49,-179,51' }), ['a', 'b', 'c']);
  assert.deepEqual(await idsOf({ box: '179,49,-179,51' }, byAnn), ['a', 'c']);
  assert.deepEqual(await idsOf({ box: '-180,49,-179,51' }), ['b', 'c']);
  assert.deepEqual(await idsOf({ box: '0,0,0,0' }), ['e']);
});

test('finds who is near, the nearest first, and no more than asked for', async () => {
  const near = '50,-179.999';
  assert.deepEqual(await idsOf({ near }), ['b', 'c', 'a']);
  assert.deepEqual(await idsOf({ near, radiusMeters: 100 }), ['b']);
  assert.deepEqual(await idsOf({ near }, byAnn), ['c', 'a']);
  const page = await listVehicles({ near, limit: 2 }, callByStaff());
  assert.deepEqual([page.items.length, page.nextCursor], [2, undefined]);
});

test('a point a hair away from the equator and from Greenwich is one like any other', async () => {
  assert.deepEqual(await idsOf({ near: '5e-324,-1e-200' }), ['e']);
  assert.deepEqual(await idsOf({ near: '1e-170,1e-8', radiusMeters: 1 }), ['e']);
});

test('says of each vehicle where it is', async () => {
  const { items } = await listVehicles({ near: '0,0' }, callByStaff());
  const [{ state } = {}] = items;
  assert.deepEqual([state?.vehicleId, state?.latitude, state?.stale], ['e', 0, false]);
  const { items: all } = await listVehicles({}, callByStaff());
  assert.deepEqual(
    all.map((vehicle) => vehicle.state !== undefined),
    [true, true, true, false, true],
  );
});

test('goes through all pages, and a cursor fits no other list and no other caller', async () => {
  const first = await listVehicles({ limit: 2 }, callByStaff());
  const second = await listVehicles({ limit: 2, cursor: first.nextCursor ?? '' }, callByStaff());
  const last = await listVehicles({ limit: 2, cursor: second.nextCursor ?? '' }, callByStaff());
  const ids = [first, second, last].map(({ items }) => items.map(({ id }) => id).join(''));
  assert.deepEqual([...ids, last.nextCursor], ['ab', 'cd', 'e', undefined]);

  const cursor = first.nextCursor ?? '';
  await assert.rejects(listVehicles({ cursor }, byAnn), refusal('invalid', '/cursor'));
  await assert.rejects(
    listVehicles({ cursor, box: '0,0,1,1' }, callByStaff()),
    refusal('invalid', '/cursor'),
  );
  await assert.rejects(
    listVehicles({ cursor, near: '0,0' }, callByStaff()),
    refusal('invalid', '/cursor'),
  );
});
