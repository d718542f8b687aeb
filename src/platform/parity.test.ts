import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Type } from 'typebox';
import { callBy, callByUser } from '../testing/call.ts';
import { startPeers } from '../testing/peers.ts';
import { defineApi, idempotencyKey, ifMatch, strict, type Service } from './api.ts';
import type { Caller } from './call.ts';
import { AppError } from './errors.ts';

const book = strict({ id: Type.String(), title: Type.String(), version: Type.String() });

const shelfApi = defineApi({
  put: {
    method: 'POST',
    path: '/books',
    summary: 'Put a book',
    headers: strict({ idempotencyKey }),
    body: strict({ title: Type.String(), pages: Type.Optional(Type.Integer()) }),
    reply: book,
    status: 201,
    location: '/books/:id',
  },
  get: {
    method: 'GET',
    path: '/books/:id',
    summary: 'Get a book',
    params: strict({ id: Type.String() }),
    query: strict({ upper: Type.Optional(Type.Boolean()), times: Type.Optional(Type.Integer()) }),
    reply: book,
    versioned: true,
  },
  rename: {
    method: 'PATCH',
    path: '/books/:id',
    summary: 'Rename a book',
    params: strict({ id: Type.String() }),
    headers: strict({ ifMatch }),
    body: strict({ title: Type.String() }),
    reply: book,
    versioned: true,
  },
  burn: {
    method: 'DELETE',
    path: '/books/:id',
    summary: 'Burn a book',
    params: strict({ id: Type.String() }),
    reply: Type.Null(),
    status: 204,
  },
  whoAmI: {
    method: 'GET',
    path: '/me',
    summary: 'Say who asks',
    reply: strict({ kind: Type.String(), id: Type.Optional(Type.String()) }),
  },
  sleep: {
    method: 'POST',
    path: '/sleep',
    summary: 'Never answer',
    reply: strict({ done: Type.Boolean() }),
  },
});
type Shelf = Service<typeof shelfApi>;

function createShelf(): Shelf {
  const books = new Map<string, { title: string; version: number }>();
  const find = (id: string) => {
    const found = books.get(id);
    if (!found) throw new AppError('notFound', `No book ${id}`, { details: { id } });
    return found;
  };
  return {
    async put({ title, idempotencyKey: key }, call) {
      if (books.has(key)) call.answer = { status: 200, replayed: true };
      else books.set(key, { title, version: 1 });
      return { id: key, title: find(key).title, version: '1' };
    },
    async get({ id, upper, times = 1 }) {
      const { title, version } = find(id);
      const text = (upper ? title.toUpperCase() : title).repeat(times);
      return { id, title: text, version: String(version) };
    },
    async rename({ id, title, ifMatch: read }) {
      const found = find(id);
      if (read !== String(found.version)) throw new AppError('preconditionFailed', 'Stale');
      Object.assign(found, { title, version: found.version + 1 });
      return { id, title, version: String(found.version) };
    },
    async burn({ id }) {
      books.delete(find(id) && id);
      return null;
    },
    async whoAmI(_input, { caller }) {
      return { kind: caller.kind, ...(caller.kind === 'user' && { id: caller.id }) };
    },
    sleep: () => new Promise(() => undefined),
  };
}

const far = await startPeers('shelf', shelfApi, createShelf());
after(far.close);

for (const [where, shelf] of Object.entries({ near: createShelf(), far: far.service })) {
  describe(`a ${where} service`, () => {
    const call = callBy;

    test('gives back what was put, however odd its id and title', async () => {
      const { id } = await shelf.put(
        { title: 'Ünï "cödé" \\ 漢', idempotencyKey: 'a/b?c&d"e%' },
        call(),
      );
      assert.equal((await shelf.get({ id }, call())).title, 'Ünï "cödé" \\ 漢');
    });

    test('takes numbers and booleans in the query', async () => {
      const { id } = await shelf.put({ title: 'ab', idempotencyKey: 'query' }, call());
      assert.equal((await shelf.get({ id, upper: true, times: 2 }, call())).title, 'ABAB');
    });

    test('refuses with the same code, text and details', async () => {
      await assert.rejects(shelf.get({ id: 'none' }, call()), {
        code: 'notFound',
        message: 'No book none',
        details: { id: 'none' },
      });
    });

    test('says when an answer is a replay, and its status', async () => {
      await shelf.put({ title: 'once', idempotencyKey: 'twice' }, call());
      const again = call();
      await shelf.put({ title: 'once', idempotencyKey: 'twice' }, again);
      assert.deepEqual(again.answer, { status: 200, replayed: true });
    });

    test('carries versions both ways', async () => {
      const { id, version } = await shelf.put({ title: 'x', idempotencyKey: 'v' }, call());
      const renamed = await shelf.rename({ id, title: 'y', ifMatch: version }, call());
      assert.equal(renamed.version, '2');
      const stale = shelf.rename({ id, title: 'z', ifMatch: version }, call());
      await assert.rejects(stale, { code: 'preconditionFailed' });
    });

    test('answers nothing where there is nothing to say', async () => {
      const { id } = await shelf.put({ title: 'x', idempotencyKey: 'fuel' }, call());
      assert.equal(await shelf.burn({ id }, call()), null);
    });

    test('knows for whom it is called', async () => {
      const user = callByUser('4f3a0000-0000-4000-8000-000000000001');
      if (user.caller.kind === 'user') user.caller.token = await far.tokenFor(user.caller);
      const callers: [Caller, object][] = [
        [user.caller, { kind: 'user', id: '4f3a0000-0000-4000-8000-000000000001' }],
        [{ kind: 'anonymous' }, { kind: 'anonymous' }],
        [{ kind: 'service', name: 'tests' }, { kind: 'service' }],
      ];
      for (const [caller, seen] of callers) {
        // oxlint-disable-next-line no-await-in-loop -- three callers, one after the other
        assert.deepEqual(await shelf.whoAmI({}, call(caller)), seen);
      }
    });
  });
}

describe('a far service', () => {
  test('gives up when the time is over', async () => {
    const call = { ...callBy(), deadlineAtMs: performance.now() + 50 };
    await assert.rejects(far.service.sleep({}, call), { code: 'deadlineExceeded' });
  });

  test('does not even try without time', async () => {
    const call = { ...callBy(), deadlineAtMs: performance.now() + 1 };
    await assert.rejects(far.service.whoAmI({}, call), { code: 'deadlineExceeded' });
  });

  test('that nobody runs is unavailable, not a socket error', async () => {
    const gone = await startPeers('shelf', shelfApi, createShelf());
    await gone.closeServer();
    await assert.rejects(gone.service.whoAmI({}, callBy()), { code: 'unavailable' });
    await gone.close();
  });

  test('lets in no call without a token of a service, nor one meant for another', async () => {
    const [none, other] = await Promise.all([
      fetch(`${far.url}/me`),
      fetch(`${far.url}/me`, { headers: await far.credentialsFor('another')(callBy()) }),
    ]);
    assert.deepEqual([none.status, other.status], [401, 401]);
  });

  test('lets in no user who comes with a user token alone', async () => {
    const caller = { kind: 'user', id: 'u', role: 'staff', sessionId: 's', token: '' } as const;
    const authorization = `Bearer ${await far.tokenFor(caller)}`;
    const answer = await fetch(`${far.url}/me`, { headers: { authorization } });
    assert.equal(answer.status, 401);
  });
});
