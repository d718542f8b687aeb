import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { expectProblem, expectStatus } from '../src/testing/http.ts';
import { inBothShapes } from '../src/testing/shapes.ts';
import {
  logIn,
  makeApiKey,
  password,
  readPages,
  register,
  someName,
  someone,
  soon,
  type Page,
} from '../src/testing/shop.ts';
import type { ApiKey, NewApiKey, Session, User } from '../src/users/shapes.ts';

await inBothShapes(({ ask, doors, signIn }) => {
  test('a session is refreshed, and ends when an old refresh token comes again', async () => {
    const first = await someone(ask);
    const refresh = ({ refreshToken }: Session) =>
      ask('POST /v1/sessions/refresh', { body: { refreshToken } });

    const second = expectStatus(await refresh(first), 200).body as Session;
    const third = expectStatus(await refresh(second), 200).body as Session;
    await soon(doors, 200, { token: third.accessToken });
    expectProblem(await refresh(first), 401, 'unauthorized');
    expectProblem(await refresh(third), 401, 'unauthorized');

    await soon(doors, 401, { token: third.accessToken });
  });

  test('a log-out is felt by the access token', async () => {
    const { accessToken: token, refreshToken } = await someone(ask);
    await soon(doors, 200, { token });

    expectStatus(await ask('DELETE /v1/sessions', { token }), 204);

    await soon(doors, 401, { token });
    const refreshed = await ask('POST /v1/sessions/refresh', { body: { refreshToken } });
    expectProblem(refreshed, 401, 'unauthorized');
  });

  test('a name and an address are taken regardless of case', async () => {
    const { username, email } = await register(ask);
    const taken = [
      { username: username.toUpperCase(), email: `${someName()}@shop.example`, password },
      { username: someName(), email: email.toUpperCase(), password },
    ];
    const answers = await Promise.all(taken.map((body) => ask('POST /v1/users', { body })));
    answers.forEach((answer) => expectProblem(answer, 409, 'alreadyExists'));
    assert.equal((await logIn(ask, email.toUpperCase())).user.username, username);
  });

  test('somebody may log in on several devices at once', async () => {
    const users = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(() => register(ask)));
    const logIns = users.flatMap(({ username }) =>
      ['phone', 'tablet', 'desk', 'till'].map(() => logIn(ask, username)),
    );
    assert.equal((await Promise.all(logIns)).length, 20);
  });

  test('customers see themselves, and others as if they were not there', async () => {
    const { user, accessToken: token } = await someone(ask);
    const other = await register(ask);

    const me = expectStatus(await ask('GET /v1/users/me', { token }), 200);
    assert.deepEqual(me.body, user);
    assert.equal(me.headers['etag'], `"${user.version}"`);
    assert.doesNotMatch(me.text, /hash|argon2/i);
    const foreign = expectProblem(await ask(`GET /v1/users/${other.id}`, { token }), 404);
    const missing = expectProblem(await ask(`GET /v1/users/${randomUUID()}`, { token }), 404);
    const own = { instance: '', requestId: '', traceId: '' };
    assert.deepEqual({ ...foreign, ...own }, { ...missing, ...own });
  });

  test('staff reads the accounts page by page', async () => {
    const staff = await signIn;
    const users = await Promise.all(['a', 'b', 'c'].map(() => register(ask)));
    const { number: oldest } = users.toSorted((a, b) => a.number - b.number)[0] as User;

    const seen = await readPages<User>(
      (query) => ask(`GET /v1/users?limit=2${query}`, { token: staff }),
      (user) => user.number === oldest,
    );

    const order = seen.map(({ number }) => number);
    assert.deepEqual(
      order,
      [...new Set(order)].toSorted((a, b) => b - a),
    );
    assert.ok(users.every(({ number }) => order.includes(number)));
  });

  test('an account is changed only by who has read it as it is', async () => {
    const { user, accessToken: token } = await someone(ask);
    const change = (headers: Record<string, string>, name: string) =>
      ask('PATCH /v1/users/me', { token, body: { name }, headers });
    const ifMatch = { 'if-match': `"${user.version}"` };

    expectProblem(await change({}, 'Ann'), 428, 'preconditionRequired');
    const changed = expectStatus(await change(ifMatch, 'Ann'), 200);
    expectProblem(await change(ifMatch, 'Bob'), 412, 'preconditionFailed');

    assert.equal((changed.body as User).name, 'Ann');
    assert.notEqual(changed.headers['etag'], ifMatch['if-match']);
  });

  test('a disabled account is out, and back when it is enabled', async () => {
    const staff = await signIn;
    const { user, accessToken: token } = await someone(ask);
    await soon(doors, 200, { token });

    expectStatus(await ask(`POST /v1/users/${user.id}/disable`, { token: staff }), 200);

    await soon(doors, 401, { token });
    const login = { login: user.username, password };
    expectProblem(await ask('POST /v1/sessions', { body: login }), 401, 'unauthorized');
    expectStatus(await ask(`POST /v1/users/${user.id}/enable`, { token: staff }), 200);
    await logIn(ask, user.username);
  });

  test('an API key does what its scope says, also after a rotation, until it is revoked', async () => {
    const owner = await someone(ask);
    const made = await makeApiKey(ask, owner.accessToken, ['users:read']);
    const me = (token: string) => ask('GET /v1/users/me', { token });

    assert.equal((expectStatus(await me(made.key), 200).body as User).id, owner.user.id);
    const change = { body: { name: 'Eve' }, headers: { 'if-match': owner.user.version } };
    expectProblem(await ask('PATCH /v1/users/me', { token: made.key, ...change }), 403);
    expectProblem(await ask('GET /v1/api-keys', { token: made.key }), 403, 'forbidden');

    const rotate = { token: owner.accessToken, body: {} };
    const rotated = await ask(`POST /v1/api-keys/${made.id}/rotate`, rotate);
    const next = expectStatus(rotated, 200).body as NewApiKey;
    await soon(doors, 200, { token: made.key });
    await soon(doors, 200, { token: next.key });
    const listed = await ask('GET /v1/api-keys', { token: owner.accessToken });
    const [entry] = (expectStatus(listed, 200).body as Page<ApiKey>).items;
    assert.equal(entry?.id, made.id);
    assert.ok(!listed.text.includes(next.key));

    const revoked = await ask(`DELETE /v1/api-keys/${made.id}`, { token: owner.accessToken });
    expectStatus(revoked, 204);
    await soon(doors, 401, { token: made.key });
    await soon(doors, 401, { token: next.key });
  });
});
