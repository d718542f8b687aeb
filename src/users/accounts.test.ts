import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { freshDatabase } from '../testing/database.ts';
import { anyone, byService, goodPassword, refusal, usersFixture } from './fixture.ts';

const database = await freshDatabase('users');

test('registers a customer and shows no more than the contract says', async () => {
  const { users } = await usersFixture(database);
  const asked = {
    username: 'Zoë',
    email: 'Zoe@shop.example',
    name: 'Zoë K.',
    password: goodPassword,
  };

  const user = await users.register(asked, anyone());

  assert.match(user.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  assert.deepEqual(user, {
    id: user.id,
    number: 1,
    username: 'Zoë',
    email: 'Zoe@shop.example',
    name: 'Zoë K.',
    role: 'customer',
    disabled: false,
    createdAt: '2026-03-01T12:00:00.000Z',
    version: '1',
  });
});

test('takes a username only once, whatever its case and composition', async () => {
  const { users, register } = await usersFixture(database);
  await register('Ágnes');

  for (const username of ['ágnes', 'A\u0301GNES', 'Ágnes']) {
    const asked = { username, email: 'other@shop.example', password: goodPassword };
    // oxlint-disable-next-line no-await-in-loop -- one after the other is the point
    await assert.rejects(users.register(asked, anyone()), refusal('alreadyExists', '/username'));
  }
});

test('takes an e-mail address only once, whatever its case', async () => {
  const { users, register } = await usersFixture(database);
  await register('ann');
  const asked = { username: 'bob', email: 'ANN@Shop.Example', password: goodPassword };

  await assert.rejects(users.register(asked, anyone()), refusal('alreadyExists', '/email'));
});

test('gives a name to one of many who ask for it at once', async () => {
  const { users } = await usersFixture(database);
  const ask = (_: unknown, i: number) =>
    users.register(
      { username: 'Highlander', email: `h${i}@shop.example`, password: goodPassword },
      anyone(),
    );

  const outcomes = await Promise.allSettled(Array.from({ length: 5 }, ask));

  const made = outcomes.filter(({ status }) => status === 'fulfilled');
  const codes = outcomes.flatMap((o) => (o.status === 'rejected' ? [o.reason.code] : []));
  assert.equal(made.length, 1);
  assert.deepEqual(codes, Array(4).fill('alreadyExists'));
});

test('refuses a common password in any case', async () => {
  const { users } = await usersFixture(database);
  const asked = { username: 'ann', email: 'ann@shop.example', password: 'PassWord1' };

  await assert.rejects(users.register(asked, anyone()), refusal('invalid', '/password'));
});

test('shows an account to its owner and to staff, and to nobody else', async () => {
  const { users, register, staff } = await usersFixture(database);
  const ann = await register('ann');
  const bob = await register('bob');
  const boss = await staff();

  const own = await users.getUser({ id: 'me' }, ann.call());
  const seen = await users.getUser({ id: ann.user.id }, boss.call());

  assert.deepEqual(own, ann.user);
  assert.deepEqual(seen, ann.user);
  const foreign = await users.getUser({ id: ann.user.id }, bob.call()).catch(String);
  const missing = await users.getUser({ id: randomUUID() }, bob.call()).catch(String);
  const gone = await users.getUser({ id: randomUUID() }, boss.call()).catch(String);
  assert.equal(foreign, 'AppError: There is no such user');
  assert.equal(foreign, missing);
  assert.equal(foreign, gone);
});

test('lists all accounts page by page, the newest first', async () => {
  const { users, register, staff } = await usersFixture(database);
  for (const name of ['ann', 'bob', 'cem', 'dia']) {
    // oxlint-disable-next-line no-await-in-loop -- their order is the point
    await register(name);
  }
  const boss = await staff();

  const first = await users.listUsers({ limit: 2 }, boss.call());
  const second = await users.listUsers({ limit: 2, cursor: first.nextCursor! }, boss.call());
  const third = await users.listUsers({ limit: 2, cursor: second.nextCursor! }, boss.call());

  const names = [first, second, third].map(({ items }) => items.map(({ username }) => username));
  assert.deepEqual(names, [['boss', 'dia'], ['cem', 'bob'], ['ann']]);
  assert.equal(third.nextCursor, undefined);
});

test('lists by role, state and prefix, taking wildcards literally', async () => {
  const { users, register, staff } = await usersFixture(database);
  await register('Ann_1');
  await register('annx1');
  const bob = await register('bob');
  const boss = await staff();
  await users.disableUser({ id: bob.user.id }, boss.call());
  const namesOf = async (query: Parameters<typeof users.listUsers>[0]) =>
    (await users.listUsers(query, boss.call())).items.map(({ username }) => username);

  assert.deepEqual(await namesOf({ role: 'staff' }), ['boss']);
  assert.deepEqual(await namesOf({ disabled: true }), ['bob']);
  assert.deepEqual(await namesOf({ q: 'ANN' }), ['annx1', 'Ann_1']);
  assert.deepEqual(await namesOf({ q: 'ann_' }), ['Ann_1']);
  assert.deepEqual(await namesOf({ q: 'bob@shop' }), ['bob']);
  assert.deepEqual(await namesOf({ q: '%' }), []);
  assert.deepEqual(await namesOf({ q: '\\' }), []);
});

test('refuses a cursor of another list', async () => {
  const { users, register, staff } = await usersFixture(database);
  await register('ann');
  const boss = await staff();
  const { nextCursor } = await users.listUsers({ limit: 1 }, boss.call());
  const query = { limit: 1, role: 'staff', cursor: nextCursor! } as const;

  await assert.rejects(users.listUsers(query, boss.call()), refusal('invalid', '/cursor'));
});

test('finds many users for other services, and leaves out unknown ids', async () => {
  const { users, register } = await usersFixture(database);
  const { user } = await register('ann');
  const ids = [user.id, randomUUID(), user.id];

  const found = await users.getUsers({ ids }, byService());

  const { id, number, username, role, disabled } = user;
  assert.deepEqual(found, { users: [{ id, number, username, role, disabled }] });
});

test('finds users by the numbers that people know, and leaves out unknown ones', async () => {
  const { users, register } = await usersFixture(database);
  const { user } = await register('ann');

  const found = await users.getUsersByNumber({ numbers: [user.number, 999_999] }, byService());

  const { id, number, username, role, disabled } = user;
  assert.deepEqual(found, { users: [{ id, number, username, role, disabled }] });
});
