import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { freshDatabase } from '../testing/database.ts';
import { anyone, byService, refusal, usersFixture } from './fixture.ts';
import { newSecret, writeSecret } from './secrets.ts';

const database = await freshDatabase('users');
const daySeconds = 86_400;

const fillSessions = `
  insert into users.sessions (id, account_id, token_hash, created_at, ends_at)
  select ('ffffffff-ffff-7fff-bfff-' || lpad(i::text, 12, '0'))::uuid, $1::uuid, '',
    '2026-03-01T12:00:00Z', '2026-03-31T12:00:00Z'
  from generate_series(1, 99) i`;

/** Ann, logged in, and how she refreshes. */
async function annLoggedIn() {
  const fixture = await usersFixture(database);
  const { user } = await fixture.register('ann');
  const session = await fixture.logIn('ann');
  const refresh = (refreshToken: string) => fixture.users.refresh({ refreshToken }, anyone());
  return { ...fixture, user, session, refresh };
}

test('trades a refresh token for new tokens of the same session', async () => {
  const { session, user, refresh, verify } = await annLoggedIn();

  const next = await refresh(session.refreshToken);

  assert.match(next.refreshToken, /^bzr_[0-9a-f-]{36}\.[\w-]{43}$/);
  assert.notEqual(next.refreshToken, session.refreshToken);
  assert.deepEqual(next.user, user);
  assert.equal((await verify(next.accessToken))['sid'], session.sessionId);
  assert.deepEqual([next.tokenType, next.expiresInSeconds], ['Bearer', 600]);
});

test('gives two tabs that refresh at once the same token, which goes on working', async () => {
  const { session, refresh, pass, isLive } = await annLoggedIn();
  const { refreshToken } = session;

  const [one, two] = await Promise.all([refresh(refreshToken), refresh(refreshToken)]);
  pass(9);
  const late = await refresh(refreshToken);

  assert.equal(one.refreshToken, two.refreshToken);
  assert.equal(one.refreshToken, late.refreshToken);
  pass(600);
  await refresh(one.refreshToken);
  assert.equal(await isLive(session.sessionId), true);
});

test('ends the whole session when a token comes again after its grace', async () => {
  const { session, refresh, pass, isLive, events } = await annLoggedIn();
  const next = await refresh(session.refreshToken);
  pass(10);

  await assert.rejects(refresh(session.refreshToken), refusal('unauthorized'));

  assert.equal(await isLive(session.sessionId), false);
  await assert.rejects(refresh(next.refreshToken), refusal('unauthorized'));
  assert.deepEqual(events(), ['refreshReused']);
});

test('ends the session at once when a token of two rotations ago comes', async () => {
  const { session, refresh, isLive } = await annLoggedIn();
  const next = await refresh(session.refreshToken);
  await refresh(next.refreshToken);

  await assert.rejects(refresh(session.refreshToken), refusal('unauthorized'));

  assert.equal(await isLive(session.sessionId), false);
});

test('refuses what is no refresh token of a session', async () => {
  const { session, refresh, isLive, events } = await annLoggedIn();
  const stranger = writeSecret('bzr', { id: randomUUID(), secret: newSecret() });
  const asKey = session.refreshToken.replace('bzr', 'bzk');

  for (const token of ['', 'bzr_', stranger, asKey, session.accessToken]) {
    // oxlint-disable-next-line no-await-in-loop -- a table
    await assert.rejects(refresh(token), refusal('unauthorized'));
  }
  assert.equal(await isLive(session.sessionId), true);
  assert.deepEqual(events(), []);
});

test('ends a session that is not used for thirty days', async () => {
  const { session, refresh, pass, isLive } = await annLoggedIn();
  pass(30 * daySeconds - 1);
  const next = await refresh(session.refreshToken);
  pass(30 * daySeconds);

  await assert.rejects(refresh(next.refreshToken), refusal('unauthorized'));
  assert.equal(await isLive(session.sessionId), false);
});

test('ends a session ninety days after the log-in, however much it is used', async () => {
  const { session, refresh, pass, isLive } = await annLoggedIn();
  let token = session.refreshToken;
  for (let i = 0; i < 4; i += 1) {
    pass(22 * daySeconds);
    // oxlint-disable-next-line no-await-in-loop -- each needs the token before
    ({ refreshToken: token } = await refresh(token));
  }
  pass(2 * daySeconds - 1);
  assert.equal(await isLive(session.sessionId), true);
  pass(1);

  await assert.rejects(refresh(token), refusal('unauthorized'));
  assert.equal(await isLive(session.sessionId), false);
});

test('logs out this session and no other, as often as asked', async () => {
  const { users, session, logIn, refresh, isLive } = await annLoggedIn();
  const other = await logIn('ann');

  assert.equal(await users.logOut({}, session.call()), null);
  assert.equal(await users.logOut({}, session.call()), null);

  assert.equal(await isLive(session.sessionId), false);
  assert.equal(await isLive(other.sessionId), true);
  await assert.rejects(refresh(session.refreshToken), refusal('unauthorized'));
});

test('does not end the session of somebody else', async () => {
  const { users, session, register, isLive } = await annLoggedIn();
  const bob = await register('bob');
  const call = bob.call();
  Object.assign(call.caller, { sessionId: session.sessionId });

  await users.logOut({}, call);

  assert.equal(await isLive(session.sessionId), true);
});

test('ends the session of a refresh token, also of the one before it, and no other', async () => {
  const { users, session, logIn, refresh, isLive } = await annLoggedIn();
  const end = (refreshToken: string) => users.endSession({ refreshToken }, byService());
  const other = await logIn('ann');
  const third = await logIn('ann');
  const newest = await refresh(other.refreshToken);
  const stranger = writeSecret('bzr', { id: third.sessionId, secret: newSecret() });

  for (const token of [
    session.refreshToken,
    session.refreshToken,
    other.refreshToken,
    '',
    stranger,
  ])
    // oxlint-disable-next-line no-await-in-loop -- a table
    assert.equal(await end(token), null);

  const live = [session, other, third].map(({ sessionId }) => isLive(sessionId));
  assert.deepEqual(await Promise.all(live), [false, false, true]);
  await assert.rejects(refresh(newest.refreshToken), refusal('unauthorized'));
});

test('tells other services which sessions and keys are live, with the role of now', async () => {
  const { users, session, user, staff } = await annLoggedIn();
  const boss = await staff();
  const asked = { name: 'till', scopes: ['orders:read' as const] };
  const key = await users.createApiKey(asked, session.call());
  const ids = [session.sessionId, key.id, randomUUID()];
  const check = async () => (await users.checkSessions({ ids }, byService())).live;

  assert.deepEqual(await check(), [
    { id: session.sessionId, userId: user.id, role: 'customer' },
    { id: key.id, userId: user.id, role: 'customer' },
  ]);

  await users.setRole({ id: user.id, role: 'courier' }, boss.call());
  assert.deepEqual(await check(), [{ id: key.id, userId: user.id, role: 'courier' }]);

  await users.disableUser({ id: user.id }, boss.call());
  assert.deepEqual(await check(), []);
});

test('keeps a hundred sessions of one account, and drops ended ones in passing', async () => {
  const { logIn, session, pass, isLive } = await annLoggedIn();
  const count = { name: '', text: 'select count(*) as count from users.sessions' };
  const more = { name: '', text: fillSessions };
  await database.rows(more, [session.user.id]);

  await logIn('ann');
  assert.equal(await isLive(session.sessionId), false);
  assert.deepEqual(await database.one(count), { count: 100 });

  pass(31 * daySeconds);
  await logIn('ann');
  assert.deepEqual(await database.one(count), { count: 80 });
});

test('publishes the keys that verify access tokens, and only their public half', async () => {
  const { users } = await usersFixture(database);

  const { keys } = await users.getTokenKeys({}, anyone());

  assert.deepEqual(
    Object.keys(keys[0] ?? {})
      .toSorted()
      .join(),
    'alg,crv,kid,kty,use,x',
  );
});
