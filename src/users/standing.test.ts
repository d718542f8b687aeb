import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { freshDatabase } from '../testing/database.ts';
import { anyone, refusal, usersFixture } from './fixture.ts';

const database = await freshDatabase('users');

test('gives another role, and ends the sessions that had the old one', async () => {
  const { users, register, logIn, isLive, staff, events } = await usersFixture(database);
  const ann = await register('ann');
  const boss = await staff();
  const session = await logIn('ann');

  const courier = await users.setRole({ id: ann.user.id, role: 'courier' }, boss.call());

  assert.deepEqual(courier, { ...ann.user, role: 'courier', version: '2' });
  assert.equal(await isLive(session.sessionId), false);
  const refreshed = users.refresh({ refreshToken: session.refreshToken }, anyone());
  await assert.rejects(refreshed, refusal('unauthorized'));
  assert.deepEqual(events(), ['staffSet', 'roleChanged']);
});

test('changes nothing when the role is the same', async () => {
  const { users, register, logIn, isLive, staff } = await usersFixture(database);
  const ann = await register('ann');
  const boss = await staff();
  const session = await logIn('ann');

  const user = await users.setRole({ id: ann.user.id, role: 'customer' }, boss.call());

  assert.deepEqual(user, ann.user);
  assert.equal(await isLive(session.sessionId), true);
});

test('disables and enables as often as asked; old sessions stay ended', async () => {
  const { users, register, logIn, isLive, staff, events } = await usersFixture(database);
  const { id } = (await register('ann')).user;
  const boss = await staff();
  const session = await logIn('ann');

  const disabled = await users.disableUser({ id }, boss.call());
  assert.deepEqual(await users.disableUser({ id }, boss.call()), disabled);
  assert.equal(disabled.disabled, true);
  assert.equal(await isLive(session.sessionId), false);
  await assert.rejects(logIn('ann'), refusal('unauthorized'));

  const enabled = await users.enableUser({ id }, boss.call());
  assert.deepEqual(await users.enableUser({ id }, boss.call()), enabled);
  assert.deepEqual([enabled.disabled, enabled.version], [false, '3']);
  assert.equal(await isLive(session.sessionId), false);
  await logIn('ann');
  assert.deepEqual(events().slice(1), ['userDisabled', 'logInRefused', 'userEnabled']);
});

test('keeps the last active staff account', async () => {
  const { users, staff } = await usersFixture(database);
  const boss = await staff();
  const other = await staff('other');
  const { id } = boss.user;
  await users.disableUser({ id: other.user.id }, boss.call());

  await assert.rejects(users.disableUser({ id }, boss.call()), refusal('conflict'));
  await assert.rejects(users.setRole({ id, role: 'customer' }, boss.call()), refusal('conflict'));
  assert.equal((await users.setRole({ id, role: 'staff' }, boss.call())).version, '1');
});

test('keeps one of two staff accounts that end each other at once', async () => {
  const { users, staff } = await usersFixture(database);
  const [ann, bob] = [await staff('ann'), await staff('bob')];

  const outcomes = await Promise.allSettled([
    users.disableUser({ id: ann.user.id }, bob.call()),
    users.setRole({ id: bob.user.id, role: 'customer' }, ann.call()),
  ]);

  const codes = outcomes.map((o) => (o.status === 'rejected' ? o.reason.code : o.status));
  assert.deepEqual(new Set(codes), new Set(['conflict', 'fulfilled']));
});

test('keeps the last staff account however often it is demoted at once', async () => {
  const { users, staff } = await usersFixture(database);
  const boss = await staff();
  const demote = () => users.setRole({ id: boss.user.id, role: 'customer' }, boss.call());

  const outcomes = await Promise.allSettled([demote(), demote()]);

  const codes = outcomes.map((o) => (o.status === 'rejected' ? o.reason.code : o.status));
  assert.deepEqual(codes, ['conflict', 'conflict']);
});

test('says so when there is no such account', async () => {
  const { users, staff } = await usersFixture(database);
  const boss = await staff();
  const id = randomUUID();

  await assert.rejects(users.setRole({ id, role: 'courier' }, boss.call()), refusal('notFound'));
  await assert.rejects(users.disableUser({ id }, boss.call()), refusal('notFound'));
  await assert.rejects(users.enableUser({ id }, boss.call()), refusal('notFound'));
});
