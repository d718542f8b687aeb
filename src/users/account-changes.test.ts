import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { freshDatabase } from '../testing/database.ts';
import { goodPassword, refusal, usersFixture } from './fixture.ts';

const database = await freshDatabase('users');

test('changes what is named and leaves the rest', async () => {
  const { users, register } = await usersFixture(database);
  const { user, call } = await register('ann');

  const named = await users.changeUser({ id: 'me', ifMatch: '1', name: 'Ann B.' }, call());
  const moved = await users.changeUser(
    { id: user.id, ifMatch: '2', username: 'Anna', email: 'anna@shop.example' },
    call(),
  );
  const unnamed = await users.changeUser({ id: user.id, ifMatch: '3', name: null }, call());

  assert.deepEqual(named, { ...user, name: 'Ann B.', version: '2' });
  assert.deepEqual(moved, {
    ...named,
    username: 'Anna',
    email: 'anna@shop.example',
    version: '3',
  });
  assert.deepEqual(unnamed, {
    ...user,
    username: 'Anna',
    email: 'anna@shop.example',
    version: '4',
  });
});

test('asks for the version that was read, and refuses an old one', async () => {
  const { users, register } = await usersFixture(database);
  const { call } = await register('ann');

  await assert.rejects(
    users.changeUser({ id: 'me', name: 'A' }, call()),
    refusal('preconditionRequired'),
  );
  for (const ifMatch of ['0', '2', 'x']) {
    // oxlint-disable-next-line no-await-in-loop -- a table of three
    await assert.rejects(
      users.changeUser({ id: 'me', ifMatch, name: 'A' }, call()),
      refusal('preconditionFailed'),
    );
  }
});

test('lets one of two changes at once through', async () => {
  const { users, register } = await usersFixture(database);
  const { call } = await register('ann');
  const change = (name: string) => users.changeUser({ id: 'me', ifMatch: '1', name }, call());

  const outcomes = await Promise.allSettled([change('A'), change('B')]);

  assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
});

test('refuses a name that somebody else has', async () => {
  const { users, register } = await usersFixture(database);
  await register('bob');
  const { call } = await register('ann');
  const change = (asked: object) => users.changeUser({ id: 'me', ifMatch: '1', ...asked }, call());

  await assert.rejects(change({ username: 'BOB' }), refusal('alreadyExists', '/username'));
  await assert.rejects(change({ email: 'Bob@shop.example' }), refusal('alreadyExists', '/email'));
});

test('hides foreign accounts, and lets staff change them', async () => {
  const { users, register, staff } = await usersFixture(database);
  const ann = await register('ann');
  const bob = await register('bob');
  const boss = await staff();
  const asked = { id: ann.user.id, ifMatch: '1', name: 'Ann' };

  await assert.rejects(users.changeUser(asked, bob.call()), refusal('notFound'));
  await assert.rejects(
    users.changeUser({ ...asked, id: randomUUID() }, boss.call()),
    refusal('notFound'),
  );
  assert.equal((await users.changeUser(asked, boss.call())).name, 'Ann');
});

test('changes the own password with the current one only, and ends the other sessions', async () => {
  const { users, register, logIn, isLive, events } = await usersFixture(database);
  await register('ann');
  const here = await logIn('ann');
  const there = await logIn('ann');
  const asked = { id: 'me', ifMatch: '1', password: 'another good phrase' };
  const change = (currentPassword?: string) =>
    users.changeUser(currentPassword ? { ...asked, currentPassword } : asked, here.call());

  await assert.rejects(change(), refusal('invalid', '/currentPassword'));
  await assert.rejects(change('wrong one'), refusal('invalid', '/currentPassword'));
  const user = await change(goodPassword);

  assert.equal(user.version, '2');
  assert.equal(await isLive(here.sessionId), true);
  assert.equal(await isLive(there.sessionId), false);
  await assert.rejects(logIn('ann'), refusal('unauthorized'));
  await logIn('ann', 'another good phrase');
  assert.deepEqual(events(), ['passwordRefused', 'passwordChanged', 'logInRefused']);
});

test('slows down the guessing of the current password', async () => {
  const { users, register } = await usersFixture(database);
  const { call } = await register('ann');
  const guess = () =>
    users.changeUser(
      { id: 'me', ifMatch: '1', password: 'another good phrase', currentPassword: 'guess' },
      call(),
    );

  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, guess));

  const codes = outcomes.map((o) => (o.status === 'rejected' ? o.reason.code : o.status));
  assert.equal(codes.filter((code) => code === 'invalid').length, 5);
  assert.equal(codes.filter((code) => code === 'rateLimited').length, 3);
});

test('lets staff set a forgotten password, which ends every session of the account', async () => {
  const { users, register, logIn, isLive, staff } = await usersFixture(database);
  const ann = await register('ann');
  const boss = await staff();
  const session = await logIn('ann');
  const asked = { id: ann.user.id, ifMatch: '1', password: 'another good phrase' };

  await users.changeUser(asked, boss.call());

  assert.equal(await isLive(session.sessionId), false);
  await logIn('ann', 'another good phrase');
});

test('asks staff for the current password when it is their own', async () => {
  const { users, staff } = await usersFixture(database);
  const boss = await staff();
  const asked = { id: 'me', ifMatch: '1', password: 'another good phrase' };

  await assert.rejects(
    users.changeUser(asked, boss.call()),
    refusal('invalid', '/currentPassword'),
  );
});

test('refuses a common new password', async () => {
  const { users, register } = await usersFixture(database);
  const { call } = await register('ann');
  const asked = { id: 'me', ifMatch: '1', password: 'qwertyuiop', currentPassword: goodPassword };

  await assert.rejects(users.changeUser(asked, call()), refusal('invalid', '/password'));
});
