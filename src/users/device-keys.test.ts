import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUserVerifier } from '../platform/callers.ts';
import { freshDatabase } from '../testing/database.ts';
import { anyone, byService, refusal, refusalOf, usersFixture } from './fixture.ts';
import type { Scope } from './shapes.ts';

const database = await freshDatabase('users');
const forVan = { name: 'van', scopes: ['tracking:write'] as Scope[], vehicleId: 'van-7' };

/** Ann, a courier, somebody of the staff, and what a service makes of a key. */
async function people() {
  const fixture = await usersFixture(database);
  const { users } = fixture;
  const { user } = await fixture.register('ann');
  const boss = await fixture.staff();
  await users.setRole({ id: user.id, role: 'courier' }, boss.call());
  const ann = { user, call: (await fixture.logIn('ann')).call };
  const verify = createUserVerifier(async (input) => users.getTokenKeys(input, anyone()));
  return {
    users,
    ann,
    boss,
    callerOf: async (key: string) =>
      verify((await users.exchangeApiKey({ key }, byService())).accessToken),
  };
}

test('makes a key for one vehicle, and says so wherever the key is shown', async () => {
  const { users, ann } = await people();

  const made = await users.createApiKey(forVan, ann.call());
  const rotated = await users.rotateApiKey({ id: made.id }, ann.call());
  const { items } = await users.listApiKeys({}, ann.call());

  const shown = [made, rotated, items[0]].map((key) => key?.vehicleId);
  assert.deepEqual(shown, ['van-7', 'van-7', 'van-7']);
});

test('every service hears of which vehicle a key speaks, also after it was rotated', async () => {
  const { users, ann, callerOf } = await people();
  const { id, key } = await users.createApiKey(forVan, ann.call());

  const { token, ...caller } = (await callerOf(key)) as { token: string };

  const { user } = ann;
  assert.match(token, /\./);
  assert.deepEqual(caller, {
    kind: 'user',
    id: user.id,
    role: 'courier',
    sessionId: id,
    scopes: ['tracking:write'],
    vehicleId: 'van-7',
  });
  const rotated = await users.rotateApiKey({ id }, ann.call());
  assert.partialDeepStrictEqual(await callerOf(rotated.key), { vehicleId: 'van-7' });
});

test('a key without a vehicle names none', async () => {
  const { users, ann, callerOf } = await people();
  const made = await users.createApiKey({ name: 'all', scopes: ['tracking:read'] }, ann.call());

  assert.equal('vehicleId' in made, false);
  assert.equal('vehicleId' in (await callerOf(made.key)), false);
});

test('staff make such keys for couriers, and couriers for nobody else', async () => {
  const { users, ann, boss, callerOf } = await people();

  const { key } = await users.createApiKey({ ...forVan, userId: ann.user.id }, boss.call());

  assert.partialDeepStrictEqual(await callerOf(key), { id: ann.user.id, vehicleId: 'van-7' });
  const forBoss = users.createApiKey({ ...forVan, userId: boss.user.id }, ann.call());
  await assert.rejects(forBoss, refusal('notFound'));
});

test('refuses a key for one vehicle that may do more than tracking', async () => {
  const { users, ann } = await people();
  const tables: Scope[][] = [['orders:read'], ['tracking:write', 'users:write'], ['catalog:read']];

  for (const scopes of tables) {
    // oxlint-disable-next-line no-await-in-loop -- a table
    const error = await refusalOf(users.createApiKey({ ...forVan, scopes }, ann.call()));
    assert.deepEqual([error.code, error.errors?.[0]?.pointer], ['invalid', '/scopes']);
  }
  assert.deepEqual(await users.listApiKeys({}, ann.call()), { items: [] });
});

test('refuses a customer a key for a vehicle, who could not use it', async () => {
  const { register, users } = await usersFixture(database);
  const bob = await register('bob');
  await assert.rejects(users.createApiKey(forVan, bob.call()), refusal('forbidden'));
});
