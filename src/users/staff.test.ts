import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshDatabase, silent } from '../testing/database.ts';
import { goodPassword, refusal, usersFixture } from './fixture.ts';
import { createStaff } from './staff.ts';

const database = await freshDatabase('users');

async function withStaff() {
  const fixture = await usersFixture(database);
  const { now, passwords } = fixture;
  const make = (wanted: Parameters<typeof createStaff>[1]) =>
    createStaff({ database, now, log: silent, passwords }, wanted);
  return { ...fixture, make };
}

test('makes a staff account that can log in, with an address that cannot exist', async () => {
  const { make, logIn } = await withStaff();

  const user = await make({ username: 'Boss', password: goodPassword });

  assert.deepEqual([user.role, user.email], ['staff', 'Boss@staff.invalid']);
  assert.deepEqual((await logIn('boss')).user, user);
});

test('called again, resets the password and ends the sessions', async () => {
  const { make, logIn, isLive } = await withStaff();
  const made = await make({ username: 'boss', password: goodPassword });
  const session = await logIn('boss');

  const again = await make({ username: 'BOSS', password: 'another good phrase' });

  assert.deepEqual(again, { ...made, version: '2' });
  assert.equal(await isLive(session.sessionId), false);
  await logIn('boss', 'another good phrase');
  await assert.rejects(logIn('boss'), refusal('unauthorized'));
});

test('makes staff of a customer, and opens a disabled account', async () => {
  const { make, users, register, logIn, staff } = await withStaff();
  const ann = await register('ann');
  const boss = await staff();
  await users.disableUser({ id: ann.user.id }, boss.call());

  const user = await make({ username: 'ann', password: goodPassword });

  assert.deepEqual(user, { ...ann.user, role: 'staff', version: '3' });
  await logIn('ann');
});

test('asks of staff what it asks of everyone', async () => {
  const { make, register } = await withStaff();
  await register('ann');
  const password = goodPassword;

  await assert.rejects(make({ username: 'a b', password }), refusal('invalid', '/username'));
  await assert.rejects(
    make({ username: 'boss', password: 'short' }),
    refusal('invalid', '/password'),
  );
  await assert.rejects(
    make({ username: 'boss', password: 'password' }),
    refusal('invalid', '/password'),
  );
  await assert.rejects(
    make({ username: 'boss', email: 'ann@shop.example', password }),
    refusal('alreadyExists', '/email'),
  );
});
