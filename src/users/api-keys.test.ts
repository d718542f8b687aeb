import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { freshDatabase } from '../testing/database.ts';
import { byService, refusal, refusalOf, usersFixture } from './fixture.ts';
import type { Scope } from './shapes.ts';

const database = await freshDatabase('users');
const till = { name: 'till', scopes: ['orders:read', 'orders:write'] as Scope[] };

/** Ann, a customer, Bob, another, and somebody of the staff. */
async function people() {
  const fixture = await usersFixture(database);
  const ann = await fixture.register('ann');
  const bob = await fixture.register('bob');
  const boss = await fixture.staff();
  const exchange = (key: string) => fixture.users.exchangeApiKey({ key }, byService());
  return { ...fixture, ann, bob, boss, exchange };
}

test('makes a key, shows it once, and lists it without', async () => {
  const { users, ann, events } = await people();

  const { key, ...shown } = await users.createApiKey({ ...till, expiresInDays: 7 }, ann.call());

  assert.match(key, new RegExp(`^bzk_${shown.id}\\.[\\w-]{43}$`));
  assert.deepEqual(shown, {
    id: shown.id,
    userId: ann.user.id,
    ...till,
    createdAt: '2026-03-01T12:00:00.000Z',
    expiresAt: '2026-03-08T12:00:00.000Z',
  });
  assert.deepEqual(await users.listApiKeys({}, ann.call()), { items: [shown] });
  assert.equal(events().at(-1), 'apiKeyCreated');
});

test('trades a key for a short token of its owner that carries the scopes', async () => {
  const { users, ann, exchange, verify } = await people();
  const { id, key } = await users.createApiKey(till, ann.call());

  const { accessToken, expiresInSeconds } = await exchange(key);

  const { sub, sid, role, scope, iat = 0, exp = 0 } = await verify(accessToken);
  assert.deepEqual(
    { sub, sid, role, scope, seconds: [expiresInSeconds, exp - iat] },
    {
      sub: ann.user.id,
      sid: id,
      role: 'customer',
      scope: 'orders:read orders:write',
      seconds: [60, 60],
    },
  );
});

test('notes when a key was used, once a minute', async () => {
  const { users, ann, exchange, pass } = await people();
  const { key } = await users.createApiKey(till, ann.call());
  const lastUsedAt = async () => (await users.listApiKeys({}, ann.call())).items[0]?.lastUsedAt;

  const seen = [await lastUsedAt()];
  for (const seconds of [0, 59, 1]) {
    pass(seconds);
    // oxlint-disable-next-line no-await-in-loop -- time goes on in between
    await exchange(key);
    // oxlint-disable-next-line no-await-in-loop -- time goes on in between
    seen.push(await lastUsedAt());
  }

  const [noon, oneLater] = ['2026-03-01T12:00:00.000Z', '2026-03-01T12:01:00.000Z'];
  assert.deepEqual(seen, [undefined, noon, noon, oneLater]);
});

test('refuses wrong, unknown, revoked and expired keys alike', async () => {
  const { users, ann, exchange, isLive, pass, events } = await people();
  const revoked = await users.createApiKey(till, ann.call());
  await users.revokeApiKey({ id: revoked.id }, ann.call());
  const expired = await users.createApiKey({ ...till, expiresInDays: 1 }, ann.call());
  const good = await users.createApiKey(till, ann.call());
  pass(86_400);
  const wrong = `${good.key.slice(0, -43)}${'A'.repeat(43)}`;
  const unknown = good.key.replace(good.id, randomUUID());
  const asRefresh = good.key.replace('bzk', 'bzr');

  for (const key of [revoked.key, expired.key, wrong, unknown, asRefresh, '', 'x']) {
    // oxlint-disable-next-line no-await-in-loop -- a table
    const { code, message } = await refusalOf(exchange(key));
    assert.deepEqual([code, message], ['unauthorized', 'The API key is not valid']);
  }
  assert.equal(await isLive(revoked.id), false);
  assert.equal(await isLive(expired.id), false);
  assert.equal(events().filter((event) => event === 'apiKeyRefused').length, 7);
  await exchange(good.key);
});

test('refuses the keys of a disabled account until it is enabled', async () => {
  const { users, ann, boss, exchange, isLive } = await people();
  const { id, key } = await users.createApiKey(till, ann.call());

  await users.disableUser({ id: ann.user.id }, boss.call());
  await assert.rejects(exchange(key), refusal('unauthorized'));
  assert.equal(await isLive(id), false);

  await users.enableUser({ id: ann.user.id }, boss.call());
  await exchange(key);
});

test('lets the old secret live on for the overlap', async () => {
  const { users, ann, exchange, pass, events } = await people();
  const old = await users.createApiKey(till, ann.call());

  const { key, ...shown } = await users.rotateApiKey(
    { id: old.id, overlapSeconds: 60 },
    ann.call(),
  );

  assert.equal(shown.previousExpiresAt, '2026-03-01T12:01:00.000Z');
  assert.equal(events().at(-1), 'apiKeyRotated');
  pass(59);
  await Promise.all([exchange(key), exchange(old.key)]);
  pass(1);
  await exchange(key);
  await assert.rejects(exchange(old.key), refusal('unauthorized'));
  const { items } = await users.listApiKeys({}, ann.call());
  assert.equal(items[0]?.previousExpiresAt, undefined);
});

test('keeps an old secret for a day if not said otherwise, and not at all if so said', async () => {
  const { users, ann, exchange } = await people();
  const first = await users.createApiKey(till, ann.call());
  const second = await users.rotateApiKey({ id: first.id }, ann.call());
  assert.equal(second.previousExpiresAt, '2026-03-02T12:00:00.000Z');

  const third = await users.rotateApiKey({ id: first.id, overlapSeconds: 0 }, ann.call());

  assert.equal(third.previousExpiresAt, undefined);
  await assert.rejects(exchange(second.key), refusal('unauthorized'));
  await exchange(third.key);
});

test('has two secrets at most: a third one kills the oldest', async () => {
  const { users, ann, exchange } = await people();
  const first = await users.createApiKey(till, ann.call());
  const second = await users.rotateApiKey({ id: first.id }, ann.call());
  const third = await users.rotateApiKey({ id: first.id }, ann.call());

  await assert.rejects(exchange(first.key), refusal('unauthorized'));
  await Promise.all([exchange(second.key), exchange(third.key)]);
});

test('revokes for good, as often as asked', async () => {
  const { users, ann, events } = await people();
  const { id } = await users.createApiKey(till, ann.call());

  assert.equal(await users.revokeApiKey({ id }, ann.call()), null);
  assert.equal(await users.revokeApiKey({ id }, ann.call()), null);

  assert.deepEqual(await users.listApiKeys({}, ann.call()), { items: [] });
  await assert.rejects(users.rotateApiKey({ id }, ann.call()), refusal('notFound'));
  assert.equal(events().at(-1), 'apiKeyRevoked');
});

test('gives away only scopes that the role of the owner could use', async () => {
  const { users, ann, boss } = await people();
  const make = (scopes: Scope[], userId?: string) =>
    users.createApiKey({ name: 'x', scopes, ...(userId && { userId }) }, boss.call());
  const own = (scopes: Scope[]) => users.createApiKey({ name: 'x', scopes }, ann.call());

  await own(['orders:read', 'orders:write', 'users:read', 'users:write', 'catalog:read']);
  await assert.rejects(own(['orders:read', 'catalog:write']), refusal('forbidden'));
  await assert.rejects(own(['tracking:read']), refusal('forbidden'));
  await assert.rejects(make(['tracking:read'], ann.user.id), refusal('forbidden'));
  await make(['catalog:write', 'tracking:write']);

  await users.setRole({ id: ann.user.id, role: 'courier' }, boss.call());
  await make(['tracking:read', 'tracking:write'], ann.user.id);
  await assert.rejects(make(['catalog:write'], ann.user.id), refusal('forbidden'));
});

test('takes scopes away from a key whose owner may no longer use them', async () => {
  const { users, ann, boss, exchange, verify } = await people();
  const { id } = ann.user;
  await users.setRole({ id, role: 'courier' }, boss.call());
  const scopes: Scope[] = ['orders:read', 'tracking:write'];
  const { key } = await users.createApiKey({ name: 'van', scopes, userId: id }, boss.call());

  await users.setRole({ id, role: 'customer' }, boss.call());

  const { scope, role } = await verify((await exchange(key)).accessToken);
  assert.deepEqual([scope, role], ['orders:read', 'customer']);
});

test('allows twenty live keys, also when they are made at once', async () => {
  const { users, ann, pass } = await people();
  const make = () => users.createApiKey({ ...till, expiresInDays: 1 }, ann.call());
  const outcomes = await Promise.allSettled(Array.from({ length: 23 }, make));

  const codes = outcomes.flatMap((o) => (o.status === 'rejected' ? [o.reason.code] : []));
  assert.deepEqual(codes, ['conflict', 'conflict', 'conflict']);

  pass(86_400);
  await make();
  pass(32 * 86_400);
  await make();
  assert.equal((await users.listApiKeys({}, ann.call())).items.length, 1);
});

test('lists keys page by page, the newest first', async () => {
  const { users, ann, bob, boss } = await people();
  const made = [];
  for (const name of ['a', 'b', 'c']) {
    // oxlint-disable-next-line no-await-in-loop -- their order is the point
    made.unshift((await users.createApiKey({ ...till, name }, ann.call())).name);
  }

  const first = await users.listApiKeys({ limit: 2 }, ann.call());
  const query = { limit: 2, cursor: first.nextCursor! };
  const second = await users.listApiKeys(query, ann.call());

  assert.deepEqual(
    [...first.items, ...second.items].map(({ name }) => name),
    made,
  );
  assert.equal(second.nextCursor, undefined);
  await assert.rejects(users.listApiKeys(query, bob.call()), refusal('invalid', '/cursor'));
  const seen = await users.listApiKeys({ userId: ann.user.id }, boss.call());
  assert.equal(seen.items.length, 3);
});

test('hides foreign keys and accounts, and lets staff look after them', async () => {
  const { users, ann, bob, boss } = await people();
  const { id } = await users.createApiKey(till, ann.call());
  const userId = ann.user.id;
  const none = randomUUID();

  for (const key of [id, none]) {
    // oxlint-disable-next-line no-await-in-loop -- a table of two
    await assert.rejects(users.rotateApiKey({ id: key }, bob.call()), refusal('notFound'));
    // oxlint-disable-next-line no-await-in-loop -- a table of two
    await assert.rejects(users.revokeApiKey({ id: key }, bob.call()), refusal('notFound'));
  }
  await assert.rejects(users.listApiKeys({ userId }, bob.call()), refusal('notFound'));
  await assert.rejects(users.createApiKey({ ...till, userId }, bob.call()), refusal('notFound'));
  await assert.rejects(
    users.createApiKey({ ...till, userId: none }, boss.call()),
    refusal('notFound'),
  );

  await users.createApiKey({ ...till, userId }, boss.call());
  await users.rotateApiKey({ id }, boss.call());
  await users.revokeApiKey({ id }, boss.call());
});
