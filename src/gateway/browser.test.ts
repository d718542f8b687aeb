import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { AppError, type ErrorCode } from '../platform/errors.ts';
import { freshDatabase } from '../testing/database.ts';
import { expectProblem, expectStatus, type Answer } from '../testing/http.ts';
import { startPeers } from '../testing/peers.ts';
import { usersApi } from '../users/api.ts';
import { goodPassword } from '../users/fixture.ts';
import { about, openDoor, type Wiring } from './testing-door.ts';

const database = await freshDatabase('users');
const path = '/v1/browser-session';
const login = { login: 'ann', password: goodPassword };

/** How a page asks for its session, at a door of its own. */
async function door(wiring?: Wiring) {
  const opened = await openDoor(database, wiring);
  const { ask } = opened;
  const cookies = (cookie?: string) => ({ headers: { ...(cookie && { cookie }) } });
  return {
    ...opened,
    open: (body: object = {}) => ask(`POST ${path}`, { body: { ...login, ...body } }),
    resume: (cookie?: string) => ask(`POST ${path}/resume`, cookies(cookie)),
    close: (cookie?: string) => ask(`DELETE ${path}`, cookies(cookie)),
  };
}

/** What a browser would send again, and how it was told to keep it. */
function cookieOf({ headers }: Answer): { cookie: string; attributes: string[] } {
  const [cookie = '', ...attributes] = (headers['set-cookie'] ?? '').split('; ');
  return { cookie, attributes };
}

type Reply = { session?: { accessToken: string; user: { username: string } } };
const sessionOf = (answer: Answer) => (expectStatus(answer, 200).body as Reply).session;

function sessionIdOf(accessToken: string): string {
  const [, claims = ''] = accessToken.split('.');
  return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sid: string }).sid;
}

const attributes = [`Path=${path}`, 'HttpOnly', 'SameSite=Strict'];

function expectForgotten(answer: Answer): void {
  assert.deepEqual(cookieOf(answer), {
    cookie: 'bazar_session=',
    attributes: [...attributes, 'Max-Age=0'],
  });
}

describe('a page that logs in', () => {
  test('gets an access token, and the refresh token in a cookie that no script reads', async () => {
    const { open, ask } = await door();

    const answer = expectStatus(await open(), 201);

    const { accessToken, user, ...rest } = answer.body as Required<Reply>['session'];
    assert.deepEqual(rest, { expiresInSeconds: 600 });
    assert.equal(user.username, 'ann');
    assert.match(cookieOf(answer).cookie, /^bazar_session=s\.bzr_[\w.-]+$/);
    assert.deepEqual(cookieOf(answer).attributes, attributes);
    assert.equal(answer.headers['cache-control'], 'no-store');
    expectStatus(await ask('GET /v1/users/me', { token: accessToken }), 200);
  });

  test('stays logged in for as long as a session lasts unused, if it wants to', async () => {
    const { open, resume } = await door();

    const { cookie, attributes: kept } = cookieOf(await open({ stay: true }));

    assert.match(cookie, /^bazar_session=p\./);
    assert.deepEqual(kept, [...attributes, 'Max-Age=2592000']);
    assert.deepEqual(cookieOf(await resume(cookie)).attributes, kept);
  });

  test('sends its cookie over TLS only in production', async () => {
    const { open, resume, close } = await door({ strictTransport: true });
    const opened = await open();
    const resumed = await resume(cookieOf(opened).cookie);
    for (const answer of [opened, resumed, await close(cookieOf(resumed).cookie)]) {
      assert.ok(cookieOf(answer).attributes.includes('Secure'));
    }
  });

  test('gets no cookie for a wrong password', async () => {
    const { open } = await door();
    const answer = await open({ password: 'wrong' });
    expectProblem(answer, 401, 'unauthorized');
    assert.equal(answer.headers['set-cookie'], undefined);
  });
});

describe('a page that resumes', () => {
  test('goes on with the same session under the next cookie', async () => {
    const { open, resume } = await door();
    const opened = await open();
    const { accessToken } = opened.body as Required<Reply>['session'];

    const resumed = await resume(`other=1; ${cookieOf(opened).cookie}; bazar_session=s.late`);

    const session = sessionOf(resumed);
    assert.equal(sessionIdOf(session?.accessToken ?? ''), sessionIdOf(accessToken));
    assert.equal('refreshToken' in (session ?? {}), false);
    assert.notEqual(cookieOf(resumed).cookie, cookieOf(opened).cookie);
    assert.equal(sessionOf(await resume(cookieOf(resumed).cookie))?.user.username, 'ann');
  });

  test('is told that nobody is logged in, which is no error', async () => {
    const { resume } = await door();
    const answer = await resume();
    assert.deepEqual(expectStatus(answer, 200).body, {});
    assert.equal(answer.headers['set-cookie'], undefined);
  });

  test('stays logged in together with others that resume at the same moment', async () => {
    const { open, resume, pass } = await door();
    const { cookie } = cookieOf(await open());

    const tabs = await Promise.all([resume(cookie), resume(cookie)]);
    pass(9);
    const late = await resume(cookie);

    const cookies = [...tabs, late].map((answer) => cookieOf(answer).cookie);
    assert.ok([...tabs, late].every(sessionOf));
    assert.equal(new Set(cookies).size, 1);
    pass(600);
    assert.ok(sessionOf(await resume(cookies[0])));
  });

  test('ends the session with a cookie that was traded long ago, whoever sends it', async () => {
    const { open, resume, pass } = await door();
    const { cookie } = cookieOf(await open());
    const { cookie: newest } = cookieOf(await resume(cookie));
    pass(10);

    const reused = await resume(cookie);

    assert.equal(sessionOf(reused), undefined);
    expectForgotten(reused);
    assert.equal(sessionOf(await resume(newest)), undefined);
  });

  test('forgets a cookie that nobody can read', async () => {
    const { resume } = await door();
    const values = [
      '',
      'x',
      's.',
      'q.bzr_x',
      's.bzr_x',
      `s.${'x'.repeat(201)}`,
      'x'.repeat(12_000),
    ];
    for (const value of [...values, '"s.x"', 's.é', '%00', 's.bzr_x=']) {
      // oxlint-disable-next-line no-await-in-loop -- a table
      const answer = await resume(`bazar_session=${value}`);
      assert.equal(sessionOf(answer), undefined, value);
      expectForgotten(answer);
    }
  });

  for (const code of ['unavailable', 'deadlineExceeded', 'overloaded'] satisfies ErrorCode[]) {
    test(`keeps its cookie while users is away: ${code}`, async () => {
      const refresh = () => Promise.reject(new AppError(code, 'Not now'));
      const { open, resume } = await door({ wire: (users) => ({ ...users, refresh }) });

      const answer = await resume(cookieOf(await open()).cookie);

      expectProblem(answer, code === 'deadlineExceeded' ? 504 : 503, code);
      assert.equal(answer.headers['set-cookie'], undefined);
    });
  }
});

describe('a page that logs out', () => {
  test('ends the session and forgets the cookie, without an access token', async () => {
    const { open, close, resume, isLive } = await door();
    const opened = await open();
    const { cookie } = cookieOf(opened);

    const closed = expectStatus(await close(cookie), 204);

    expectForgotten(closed);
    assert.equal(sessionOf(await resume(cookie)), undefined);
    const { accessToken } = opened.body as Required<Reply>['session'];
    assert.equal(await isLive(sessionIdOf(accessToken)), false);
  });

  test('forgets the cookie also where there was none, or none that is good', async () => {
    const { close } = await door();
    expectForgotten(expectStatus(await close(), 204));
    expectForgotten(expectStatus(await close('bazar_session=s.bzr_x'), 204));
    expectForgotten(expectStatus(await close('bazar_session=garbage'), 204));
  });

  test('forgets the cookie even while users is away, and says that it is', async () => {
    const endSession = () => Promise.reject(new AppError('unavailable', 'Not now'));
    const { open, close } = await door({ wire: (users) => ({ ...users, endSession }) });

    const answer = await close(cookieOf(await open()).cookie);

    expectProblem(answer, 503, 'unavailable');
    expectForgotten(answer);
  });
});

test('a page of another site gets nowhere, not even from another port of this machine', async () => {
  const { open, ask, isLive } = await door();
  const opened = await open();
  const { cookie } = cookieOf(opened);
  const requests = {
    [`POST ${path}`]: login,
    [`POST ${path}/resume`]: undefined,
    [`DELETE ${path}`]: undefined,
  };
  for (const [what, body] of Object.entries(requests)) {
    for (const site of ['same-site', 'cross-site', 'nonsense']) {
      const headers = { cookie, 'sec-fetch-site': site };
      // oxlint-disable-next-line no-await-in-loop -- a table
      const answer = await ask(what, { body, headers });
      expectProblem(answer, 403, 'forbidden');
      assert.equal(answer.headers['set-cookie'], undefined);
      assert.ok(!Object.keys(answer.headers).some((name) => name.startsWith('access-control')));
    }
  }
  const { accessToken } = opened.body as Required<Reply>['session'];
  assert.equal(await isLive(sessionIdOf(accessToken)), true);
  const own = { cookie, 'sec-fetch-site': 'same-origin' };
  assert.ok(sessionOf(await ask(`POST ${path}/resume`, { headers: own })));
});

test('all of it works with users in another process', async () => {
  const { open, resume, close } = await door({
    async wire(users) {
      const far = await startPeers('users', usersApi, users);
      after(far.close);
      return far.service;
    },
  });

  const opened = expectStatus(await open(), 201);
  const resumed = await resume(cookieOf(opened).cookie);
  const { cookie } = cookieOf(resumed);

  assert.ok(sessionOf(resumed));
  expectForgotten(expectStatus(await close(cookie), 204));
  expectForgotten(await resume(cookie));
});

test('anyone may read what this Bazar is, and keep it for a minute', async () => {
  const { ask } = await door();
  const answer = expectStatus(await ask('GET /v1/about'), 200);
  assert.deepEqual(answer.body, about);
  assert.equal(answer.headers['cache-control'], 'public, max-age=60');
});
