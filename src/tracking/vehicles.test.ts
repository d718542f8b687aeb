import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Call } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import { callBy, callByStaff, callByUser } from '../testing/call.ts';
import { createFinder } from './find-vehicle.ts';
import { fixAt, freshTracking, noon } from './fixture.ts';
import { createVehicles } from './vehicles.ts';

const ann = randomUUID();
const bob = randomUUID();
const gone = randomUUID();
const users = [
  { id: ann, number: 1, username: 'ann', role: 'courier' as const, disabled: false },
  { id: bob, number: 2, username: 'bob', role: 'customer' as const, disabled: false },
  { id: gone, number: 3, username: 'gone', role: 'courier' as const, disabled: true },
];

const { database, parts, drive } = await freshTracking({
  users: {
    getUsers: async ({ ids }, { caller }) => {
      assert.deepEqual(caller, { kind: 'service', name: 'tracking' });
      return { users: users.filter(({ id }) => ids.includes(id)) };
    },
  },
});
const vehicles = createVehicles({ ...parts, finder: createFinder(parts) });

const byAnn = () => callByUser(ann, 'courier');
const keyOf = (role: string, more: { scopes: string[]; vehicleId?: string }): Call =>
  callBy({ kind: 'user', id: ann, role, sessionId: randomUUID(), token: 'none', ...more });

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'ok',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );
}

test('makes a vehicle known, changes it, and removes what is not said', async () => {
  const made = await vehicles.setVehicle({ id: 'van', name: 'Vän', ownerId: ann }, callByStaff());
  assert.deepEqual(made, { id: 'van', name: 'Vän', ownerId: ann, createdAt: made.createdAt });

  const changed = await vehicles.setVehicle({ id: 'van', name: 'Other' }, callByStaff());
  assert.deepEqual(changed, { id: 'van', name: 'Other', createdAt: made.createdAt });
  assert.deepEqual(await vehicles.getVehicle({ id: 'van' }, callByStaff()), changed);
});

test('a new owner is felt at once', async () => {
  await vehicles.setVehicle({ id: 'sold', ownerId: ann }, callByStaff());
  assert.equal(await codeOf(vehicles.getVehicle({ id: 'sold' }, byAnn())), 'ok');
  await vehicles.setVehicle({ id: 'sold', ownerId: bob }, callByStaff());
  assert.equal(await codeOf(vehicles.getVehicle({ id: 'sold' }, byAnn())), 'notFound');
});

test('an owner must have an account that is not disabled', async () => {
  const own = (ownerId: string) =>
    codeOf(vehicles.setVehicle({ id: 'owned', ownerId }, callByStaff()));
  assert.equal(await own(randomUUID()), 'notFound');
  assert.equal(await own(gone), 'notFound');
  assert.equal(await codeOf(vehicles.getVehicle({ id: 'owned' }, callByStaff())), 'notFound');
  assert.equal(await own(bob), 'ok');
});

test('only staff and our own services may make a vehicle known', async () => {
  const set = (call: Call) => codeOf(vehicles.setVehicle({ id: 'made' }, call));
  assert.equal(await set(callBy()), 'unauthorized');
  assert.equal(await set(callByUser(ann)), 'forbidden');
  assert.equal(await set(byAnn()), 'forbidden');
  assert.equal(await set(keyOf('staff', { scopes: ['tracking:read'] })), 'forbidden');
  assert.equal(
    await set(keyOf('staff', { scopes: ['tracking:write'], vehicleId: 'made' })),
    'forbidden',
  );
  assert.equal(await set(keyOf('staff', { scopes: ['tracking:write'] })), 'ok');
  assert.equal(await set(callBy({ kind: 'service', name: 'demo' })), 'ok');
});

test('set at the same time by many, a vehicle is one, and is as one of them said', async () => {
  const names = Array.from({ length: 20 }, (_, i) => `name ${i}`);
  const answers = await Promise.all(
    names.map((name) => vehicles.setVehicle({ id: 'raced', name }, callByStaff())),
  );
  const { name, createdAt } = await vehicles.getVehicle({ id: 'raced' }, callByStaff());
  assert.ok(names.includes(name ?? ''));
  assert.ok(answers.every((answer) => answer.createdAt === createdAt));
});

test('a vehicle that is set over and over uses up one number', async () => {
  const text = 'select last_value as last from tracking.vehicles_no_seq';
  const last = async () => (await database.one<{ last: number }>({ name: 'lastNo', text }))?.last;
  await vehicles.setVehicle({ id: 'again' }, callByStaff());
  const before = await last();
  await vehicles.setVehicle({ id: 'again', name: 'x' }, callByStaff());
  await vehicles.setVehicle({ id: 'again', name: 'y' }, callByStaff());
  assert.equal(await last(), before);
});

test('the state is the newest fix, with its age and the way from the fix before it', async () => {
  const before = fixAt(-90, { latitude: 52, longitude: 13 });
  const newest = fixAt(-30, {
    latitude: 52.01,
    longitude: 13,
    speedMetersPerSecond: 3,
    satellites: 7,
  });
  await drive('driven', [newest, before, fixAt(-86_400 * 3)], ann);

  const state = await vehicles.getVehicleState({ id: 'driven' }, byAnn());
  const { distanceMeters = 0, receivedAt, ...rest } = state;
  assert.deepEqual(rest, {
    vehicleId: 'driven',
    ...newest,
    ageSeconds: 30,
    stale: false,
    elapsedTimeSeconds: 60,
  });
  assert.ok(Math.abs(distanceMeters - 1_111.95) < 0.01, String(distanceMeters));
  assert.ok(Date.parse(receivedAt) > 0);
  const { state: inVehicle } = await vehicles.getVehicle({ id: 'driven' }, byAnn());
  assert.deepEqual(inVehicle, state);
  const { items } = await vehicles.listVehicles(
    {},
    keyOf('courier', {
      scopes: ['tracking:read'],
      vehicleId: 'driven',
    }),
  );
  assert.deepEqual(
    items.map((item) => item.state),
    [state],
  );
});

test('a first fix has nothing before it, also when what was before is days ago', async () => {
  await drive('first', [fixAt(-1)]);
  const { distanceMeters, elapsedTimeSeconds } = await vehicles.getVehicleState(
    { id: 'first' },
    callByStaff(),
  );
  assert.deepEqual([distanceMeters, elapsedTimeSeconds], [undefined, undefined]);
  await drive('rare', [fixAt(0), fixAt(-86_400 * 20)]);
  const rare = await vehicles.getVehicleState({ id: 'rare' }, callByStaff());
  assert.deepEqual([rare.elapsedTimeSeconds, rare.distanceMeters], [86_400 * 20, 0]);
});

test('a state is stale once it is older than the limit, and never from the future', async () => {
  const stateAt = async (seconds: number) => {
    await drive(`aged${seconds + 1_000}`, [fixAt(seconds)]);
    const state = await vehicles.getVehicleState({ id: `aged${seconds + 1_000}` }, callByStaff());
    return [state.ageSeconds, state.stale];
  };
  assert.deepEqual(await stateAt(-60), [60, false]);
  assert.deepEqual(await stateAt(-60.001), [60.001, true]);
  assert.deepEqual(await stateAt(200), [0, false]);
  assert.equal(parts.now().getTime(), noon);
});

test('says so when a vehicle has never been anywhere', async () => {
  await vehicles.setVehicle({ id: 'parked', ownerId: ann }, callByStaff());
  assert.equal(await codeOf(vehicles.getVehicleState({ id: 'parked' }, byAnn())), 'noFixes');
  assert.equal((await vehicles.getVehicle({ id: 'parked' }, byAnn())).state, undefined);
});

test('what belongs to somebody else is not there', async () => {
  await drive('foreign', [fixAt(0)], bob);
  await drive('hers', [fixAt(0)], ann);
  const answers = async (call: Call) => [
    await codeOf(vehicles.getVehicle({ id: 'foreign' }, call)),
    await codeOf(vehicles.getVehicleState({ id: 'foreign' }, call)),
    await codeOf(vehicles.getVehicle({ id: 'hers' }, call)),
  ];
  assert.deepEqual(await answers(callBy()), Array(3).fill('unauthorized'));
  assert.deepEqual(await answers(callByUser(bob)), Array(3).fill('forbidden'));
  assert.deepEqual(await answers(byAnn()), ['notFound', 'notFound', 'ok']);
  const scopes = ['tracking:read'];
  assert.deepEqual(
    await answers(keyOf('courier', { scopes, vehicleId: 'other' })),
    Array(3).fill('notFound'),
  );
  assert.deepEqual(
    await answers(keyOf('courier', { scopes: ['tracking:write'] })),
    Array(3).fill('forbidden'),
  );
  assert.deepEqual(await answers(callByStaff()), ['ok', 'ok', 'ok']);
});
