import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshDatabase } from '../testing/database.ts';
import { refusal, refusalOf, usersFixture } from './fixture.ts';
import { createPasswords } from './passwords.ts';

const database = await freshDatabase('users');
const wrong = 'not the pass phrase';

const storedHash = { name: '', text: 'select password_hash as hash from users.accounts' };

type LogIn = Awaited<ReturnType<typeof usersFixture>>['logIn'];

/** Waits for whatever the throttle asks, so that the next attempt is heard. */
const patienceSeconds = 901;

async function codesOf(attempts: Promise<unknown>[]): Promise<string[]> {
  const outcomes = await Promise.allSettled(attempts);
  return outcomes.map((o) => (o.status === 'rejected' ? String(o.reason.code) : o.status));
}

async function failTimes(logIn: LogIn, login: string, count: number): Promise<void> {
  await codesOf(Array.from({ length: count }, () => logIn(login, wrong)));
}

test('logs in by username or e-mail address in any case', async () => {
  const { register, logIn, verify } = await usersFixture(database);
  const { user } = await register('Ann');

  const byName = await logIn('ANN');
  const byEmail = await logIn('ann@SHOP.example');

  assert.deepEqual([byName.user, byEmail.user], [user, user]);
  assert.deepEqual([byName.tokenType, byName.expiresInSeconds], ['Bearer', 600]);
  const { sub, sid, role, scope, iat = 0, exp = 0 } = await verify(byName.accessToken);
  assert.deepEqual(
    { sub, sid, role, scope, lifetime: exp - iat },
    { sub: user.id, sid: byName.sessionId, role: 'customer', scope: undefined, lifetime: 600 },
  );
});

test('answers unknown, wrong and disabled alike, after the same work', async () => {
  let hashCount = 0;
  const derive = async ({ tagLength }: { tagLength: number }) => {
    hashCount += 1;
    return Buffer.alloc(tagLength, hashCount);
  };
  const { users, register, staff, logIn } = await usersFixture(
    database,
    createPasswords({ derive: derive }),
  );
  await register('ann');
  const boss = await staff();
  const { user } = await register('bob');
  await users.disableUser({ id: user.id }, boss.call());

  const answers = [];
  for (const login of ['ann', 'bob', 'nobody', 'nobody@shop.example']) {
    const before = hashCount;
    // oxlint-disable-next-line no-await-in-loop -- each is measured by itself
    const { code, message, details } = await refusalOf(logIn(login, wrong));
    answers.push({ code, message, details, work: hashCount - before });
  }

  const [first] = answers;
  assert.deepEqual(first, {
    code: 'unauthorized',
    message: 'The login or the password is not right',
    details: undefined,
    work: 1,
  });
  for (const answer of answers) assert.deepEqual(answer, first);
});

test('refuses a disabled account with its right password', async () => {
  const { users, register, staff, logIn } = await usersFixture(database);
  const { user } = await register('ann');
  const boss = await staff();
  await users.disableUser({ id: user.id }, boss.call());

  await assert.rejects(logIn('ann'), refusal('unauthorized'));
});

test('asks for patience at the sixth failure, and twice as much after each further one', async () => {
  const { register, logIn, pass } = await usersFixture(database);
  await register('ann');
  await failTimes(logIn, 'ann', 5);

  const waits: number[] = [];
  for (let i = 0; i < 8; i += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is the point
    const { code, retryAfterSeconds = 0 } = await refusalOf(logIn('ann', wrong));
    assert.equal(code, 'rateLimited');
    waits.push(retryAfterSeconds);
    pass(retryAfterSeconds);
    // oxlint-disable-next-line no-await-in-loop -- one after the other is the point
    await assert.rejects(logIn('ann', wrong), refusal('unauthorized'));
  }

  assert.deepEqual(waits, [30, 60, 120, 240, 480, 900, 900, 900]);
});

test('lets the owner in after the wait, and starts counting anew', async () => {
  const { register, logIn, pass } = await usersFixture(database);
  await register('ann');
  await failTimes(logIn, 'ann', 6);
  await assert.rejects(logIn('ann'), refusal('rateLimited'));

  pass(30);
  await logIn('ann');

  await failTimes(logIn, 'ann', 4);
  await logIn('ann');
});

test('does not mind that the clock of another replica is behind', async () => {
  const { register, logIn, pass } = await usersFixture(database);
  await register('ann');
  await failTimes(logIn, 'ann', 3);

  pass(-2);

  await logIn('ann');
});

test('forgets old failures', async () => {
  const { register, logIn, pass } = await usersFixture(database);
  await register('ann');
  await failTimes(logIn, 'ann', 12);

  pass(30 + patienceSeconds);

  const codes = await codesOf(Array.from({ length: 6 }, () => logIn('ann', wrong)));
  assert.equal(codes.filter((code) => code === 'unauthorized').length, 5);
});

test('lets at most five of many guesses at once through', async () => {
  const { register, logIn, events } = await usersFixture(database);
  await register('ann');

  const codes = await codesOf(Array.from({ length: 10 }, () => logIn('ann', wrong)));

  assert.equal(codes.filter((code) => code === 'unauthorized').length, 5);
  assert.equal(codes.filter((code) => code === 'rateLimited').length, 5);
  assert.equal(events().filter((event) => event === 'logInThrottled').length, 5);
});

test('throttles an account by name and address together, and unknown ones just the same', async () => {
  const { register, logIn } = await usersFixture(database);
  await register('ann');

  const known = ['ann', 'ANN', 'ann@shop.example', 'Ann@shop.example', 'aNN', 'anN'];
  const unknown = ['eve', 'EVE', 'eVe', 'Eve', 'evE', 'eve'];

  for (const logins of [known, unknown]) {
    // oxlint-disable-next-line no-await-in-loop -- a table of two
    const codes = await codesOf(logins.map((login) => logIn(login, wrong)));
    assert.equal(codes.filter((code) => code === 'rateLimited').length, 1);
  }
});

test('keeps no trace of those who gave up, and no login that was typed', async () => {
  const { logIn, pass } = await usersFixture(database);
  const subjects = { name: '', text: 'select subject from users.login_attempts' };
  await failTimes(logIn, 'my secret, typed into the wrong field', 1);
  await failTimes(logIn, 'eve', 1);
  assert.doesNotMatch(JSON.stringify(await database.rows(subjects)), /secret|eve/);

  pass(patienceSeconds);
  await failTimes(logIn, 'mallory', 1);

  assert.equal((await database.rows(subjects)).length, 1);
});

test('hashes anew, on log-in, what was hashed with other parameters', async () => {
  const older = await usersFixture(
    database,
    createPasswords({ cost: { memoryKib: 32, passes: 1, lanes: 1 } }),
  );
  await older.register('ann');
  const hash = async () => (await database.one<{ hash: string }>(storedHash))?.hash ?? '';
  assert.match(await hash(), /m=32,/);
  const today = older.reopen(createPasswords({ cost: { memoryKib: 64, passes: 1, lanes: 1 } }));

  await today.logIn('ann');
  const renewed = await hash();
  await today.logIn('ann');

  assert.match(renewed, /m=64,/);
  assert.equal(await hash(), renewed);
});

test('opens no session with a password that was changed while it was checked', async () => {
  const changing = { midway: async () => {} };
  const quick = createPasswords({ cost: { memoryKib: 64, passes: 1, lanes: 1 } });
  const fixture = await usersFixture(database, {
    ...quick,
    verify: async (password, hash, call) => {
      const verdict = await quick.verify(password, hash, call);
      await changing.midway();
      return verdict;
    },
  });
  const { user } = await fixture.register('ann');
  const boss = await fixture.staff();
  const asked = { id: user.id, ifMatch: '1', password: 'another good phrase' };
  changing.midway = async () => void (await fixture.users.changeUser(asked, boss.call()));

  await assert.rejects(fixture.logIn('ann'), refusal('unauthorized'));
});

test('never logs a password or a token', async () => {
  const { register, logIn, lines } = await usersFixture(database);
  await register('ann');
  await failTimes(logIn, 'ann', 7);
  await failTimes(logIn, wrong, 1);

  assert.equal(lines.length, 8);
  assert.doesNotMatch(lines.join(''), /phrase|bzr_|eyJ/);
});

test('counts what it logs', async () => {
  const { logIn, metrics } = await usersFixture(database);
  await failTimes(logIn, 'eve', 6);

  const { values } = await metrics.securityEvents.get();

  const counts = Object.fromEntries(values.map(({ labels, value }) => [labels.event, value]));
  assert.deepEqual(counts, { logInRefused: 5, logInThrottled: 1 });
});
