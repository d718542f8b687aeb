import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { AppError } from '../platform/errors.ts';
import { callBy } from '../testing/call.ts';
import { freshTracking, noon } from '../tracking/fixture.ts';
import { createTracking } from '../tracking/tracking.ts';
import { createOsmand } from './osmand.ts';

const { parts, drive } = await freshTracking();
const tracking = createTracking(parts);
const osmand = createOsmand({ tracking, now: () => new Date(noon) });
const scopes = ['tracking:read', 'tracking:write'];

/** A courier with a vehicle, and a key for it. */
async function van() {
  const vehicleId = `van-${randomUUID()}`;
  const id = randomUUID();
  await drive(vehicleId, [], id);
  const user = { kind: 'user', id, role: 'courier', sessionId: 'k1', token: 'none' } as const;
  const call = () => callBy({ ...user, scopes, vehicleId });
  const report = async (fields: object) =>
    osmand.reportByOsmAnd({ id: vehicleId, lat: '52.5', lon: '13.25', ...fields }, call());
  return { vehicleId, call, report };
}

test('where a phone is can be read where all vehicles are', async () => {
  const { vehicleId, call, report } = await van();

  const fields = { timestamp: String(noon / 1_000), speed: '10', heading: '90', accuracy: '-1' };
  const answers = [await report(fields), await report(fields)];

  assert.deepEqual(answers, [{ result: 'stored' }, { result: 'known' }]);
  const state = await tracking.getVehicleState({ id: vehicleId }, call());
  assert.partialDeepStrictEqual(state, { latitude: 52.5, longitude: 13.25, bearing: 90 });
  assert.ok(Math.abs((state.speedMetersPerSecond ?? 0) - 5.144) < 0.001);
  assert.equal('accuracy' in state, false);
});

test('what is too old or of tomorrow is forgotten', async () => {
  const { report } = await van();
  const times = { '2025-01-01 00:00:00': /older than/, '2026-11-21 12:00:00': /in the future/ };
  for (const [timestamp, why] of Object.entries(times)) {
    // oxlint-disable-next-line no-await-in-loop -- a table of two
    const { result, reason = '' } = await report({ timestamp });
    assert.equal(result, 'refused');
    assert.match(reason, why);
  }
});

test('what is impossible is named as the phone names it', async () => {
  const { vehicleId, call, report } = await van();
  const pointerOf = async (work: Promise<unknown>) =>
    work.then(
      () => 'taken',
      ({ errors }: AppError) => `${errors?.[0]?.in} ${errors?.[0]?.pointer}`,
    );
  const location = { coords: { latitude: 1, longitude: 181 } } as never;
  const post = async () => osmand.postByOsmAnd({ device_id: vehicleId, location }, call());

  assert.equal(await pointerOf(report({ lat: '91' })), 'query /lat');
  assert.equal(await pointerOf(report({ location: '1,181' })), 'query /location');
  assert.equal(await pointerOf(report({ heading: '361' })), 'query /heading');
  assert.equal(await pointerOf(report({ altitude: '1e9' })), 'query /altitude');
  assert.equal(await pointerOf(post()), 'body /location/coords/longitude');
});

test('the key of one vehicle reports for no other, whoever owns it', async () => {
  const { call } = await van();
  const other = { id: (await van()).vehicleId, lat: '1', lon: '1' };
  await assert.rejects(osmand.reportByOsmAnd(other, call()), { code: 'notFound' });
});
