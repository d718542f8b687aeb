import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { AppError } from '../platform/errors.ts';
import type { Call } from '../platform/call.ts';
import { callByStaff, callByUser } from '../testing/call.ts';
import { freshDatabase } from '../testing/database.ts';
import type { usersApi } from './api.ts';
import { anyone, byService, callByKey, goodPassword, refusal, usersFixture } from './fixture.ts';

const database = await freshDatabase('users');
const id = randomUUID();
const key = `bzk_${id}.${'A'.repeat(43)}`;

/** A well-formed question for every operation. */
const inputs: Record<keyof typeof usersApi, object> = {
  register: { username: 'eve', email: 'eve@shop.example', password: goodPassword },
  getUser: { id },
  listUsers: {},
  changeUser: { id, ifMatch: '1' },
  setRole: { id, role: 'staff' },
  disableUser: { id },
  enableUser: { id },
  logIn: { login: 'nobody', password: 'x' },
  refresh: { refreshToken: 'x' },
  logOut: {},
  createApiKey: { name: 'x', scopes: ['orders:read'], userId: id },
  listApiKeys: { userId: id },
  rotateApiKey: { id },
  revokeApiKey: { id },
  getTokenKeys: {},
  getUsers: { ids: [id] },
  getUsersByNumber: { numbers: [1] },
  checkSessions: { ids: [id] },
  endSession: { refreshToken: 'x' },
  exchangeApiKey: { key },
};

/** Asks everything as one caller and says how each was answered. */
async function answersTo(call: () => Call): Promise<Record<string, string>> {
  const { users } = await usersFixture(database);
  const ask = async ([name, input]: [string, object]) => {
    const operation = users[name as 'getUser'] as (i: object, c: Call) => Promise<unknown>;
    const answer = await operation(input, call()).then(
      () => 'ok',
      (error: unknown) => (error instanceof AppError ? error.code : String(error)),
    );
    return [name, answer] as const;
  };
  return Object.fromEntries(await Promise.all(Object.entries(inputs).map(ask)));
}

const open = {
  register: 'ok',
  logIn: 'unauthorized',
  refresh: 'unauthorized',
  getTokenKeys: 'ok',
};

function closed(names: string[], answer: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, answer]));
}

const internal = ['getUsers', 'getUsersByNumber', 'checkSessions', 'endSession', 'exchangeApiKey'];
const personal = ['getUser', 'changeUser'];
const staffs = ['listUsers', 'setRole', 'disableUser', 'enableUser'];
const keyWork = ['createApiKey', 'listApiKeys', 'rotateApiKey', 'revokeApiKey'];

test('asks the anonymous to sign in for all but the open operations', async () => {
  assert.deepEqual(await answersTo(anyone), {
    ...open,
    ...closed([...personal, ...staffs, ...keyWork, ...internal, 'logOut'], 'unauthorized'),
  });
});

test('lets a customer and a courier do nothing to others', async () => {
  for (const role of ['customer', 'courier']) {
    // oxlint-disable-next-line no-await-in-loop -- a table of two
    assert.deepEqual(await answersTo(() => callByUser(randomUUID(), role)), {
      ...open,
      ...closed([...personal, ...keyWork], 'notFound'),
      ...closed([...staffs, ...internal], 'forbidden'),
      logOut: 'ok',
    });
  }
});

test('lets staff do all but what is internal', async () => {
  assert.deepEqual(await answersTo(callByStaff), {
    ...open,
    ...closed([...personal, ...staffs, ...keyWork], 'notFound'),
    ...closed(internal, 'forbidden'),
    listUsers: 'ok',
    listApiKeys: 'ok',
    logOut: 'ok',
  });
});

test('lets an API key of staff manage neither keys, sessions nor roles', async () => {
  const scopes = ['users:read', 'users:write'];
  assert.deepEqual(await answersTo(() => callByKey(randomUUID(), scopes, 'staff')), {
    ...open,
    ...closed(personal, 'notFound'),
    ...closed([...keyWork, ...internal, 'logOut', 'setRole'], 'forbidden'),
    listUsers: 'ok',
    disableUser: 'notFound',
    enableUser: 'notFound',
  });
});

test('holds an API key to its scopes', async () => {
  assert.deepEqual(await answersTo(() => callByKey(randomUUID(), ['users:read'], 'staff')), {
    ...open,
    ...closed([...staffs, ...personal, ...keyWork, ...internal, 'logOut'], 'forbidden'),
    listUsers: 'ok',
    getUser: 'notFound',
  });
});

test('answers the key of a device nothing at all', async () => {
  const scopes = ['tracking:read', 'tracking:write'];
  for (const role of ['courier', 'staff']) {
    // oxlint-disable-next-line no-await-in-loop -- a table of two
    assert.deepEqual(await answersTo(() => callByKey(randomUUID(), scopes, role)), {
      ...open,
      ...closed([...personal, ...staffs, ...keyWork, ...internal, 'logOut'], 'forbidden'),
    });
  }
});

test('lets an API key change no password', async () => {
  const { users, register } = await usersFixture(database);
  const { user } = await register('ann');
  const asked = {
    id: 'me',
    ifMatch: '1',
    password: 'another good phrase',
    currentPassword: goodPassword,
  };

  await assert.rejects(
    users.changeUser(asked, callByKey(user.id, ['users:write'])),
    refusal('forbidden'),
  );
});

test('answers other services what is internal, and nothing that takes a person', async () => {
  assert.deepEqual(await answersTo(byService), {
    ...open,
    ...closed([...personal, ...staffs, ...keyWork, 'logOut'], 'forbidden'),
    getUsers: 'ok',
    getUsersByNumber: 'ok',
    checkSessions: 'ok',
    endSession: 'ok',
    exchangeApiKey: 'unauthorized',
  });
});
