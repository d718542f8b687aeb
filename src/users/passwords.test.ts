import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commonPasswords } from './common-passwords.ts';
import { refusal } from './fixture.ts';
import { createPasswords } from './passwords.ts';

const soon = () => ({ deadlineAtMs: performance.now() + 10_000 });
const over = { deadlineAtMs: 0 };

/** Passwords whose hashes take until the test says so. */
function heldPasswords() {
  const held: (() => void)[] = [];
  const derive = async ({ tagLength }: { tagLength: number }) => {
    await new Promise<void>((resolve) => held.push(resolve));
    return Buffer.alloc(tagLength);
  };
  const turn = () => new Promise(setImmediate);
  const finish = async () => {
    while (held.length > 0) {
      held.shift()?.();
      // oxlint-disable-next-line no-await-in-loop -- lets the next ones begin
      await turn();
    }
  };
  return { passwords: createPasswords({ derive }), running: () => held.length, turn, finish };
}

test('hashes with argon2id as OWASP asks for, with a salt of its own each time', async () => {
  const passwords = createPasswords();

  const hash = await passwords.choose('correct horse battery', soon());
  const again = await passwords.choose('correct horse battery', soon());

  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  assert.notEqual(hash, again);
  assert.deepEqual(await passwords.verify('correct horse battery', hash, soon()), {
    matches: true,
  });
  assert.deepEqual(await passwords.verify('correct horse batterY', hash, soon()), {
    matches: false,
  });
});

test('reads the parameters out of the hash', async () => {
  // The test vector of the reference implementation for m=256, t=2, p=1.
  const hash =
    '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';

  const verdict = await createPasswords().verify('password', hash, soon());

  assert.equal(verdict.matches, true);
  assert.match(verdict.renewedHash ?? '', /m=19456,t=2,p=1/);
});

test('counts every character of a long one, and takes both compositions for one', async () => {
  const passwords = createPasswords({ cost: { memoryKib: 64, passes: 1, lanes: 1 } });
  const long = 'ü 🙂'.repeat(32);
  const hash = await passwords.choose(long, soon());

  const verdicts = await Promise.all(
    [long, long.normalize('NFD'), `${long.slice(0, -2)}🙃`, long.slice(0, 72)].map((given) =>
      passwords.verify(given, hash, soon()),
    ),
  );

  assert.deepEqual(
    verdicts.map(({ matches }) => matches),
    [true, true, false, false],
  );
});

test('never matches where there is no hash', async () => {
  const derive = async ({ tagLength }: { tagLength: number }) => Buffer.alloc(tagLength);

  const verdict = await createPasswords({ derive }).verify('x', undefined, soon());

  assert.deepEqual(verdict, { matches: false });
});

test('knows the common ones among the first three thousand, in any case', async () => {
  const isCommon = commonPasswords();

  for (const password of ['password', 'PASSWORD1', '12345678', 'Superman']) {
    // oxlint-disable-next-line no-await-in-loop -- a table
    assert.equal(await isCommon(password), true, password);
  }
  assert.equal(await isCommon('correct horse battery'), false);
  assert.equal(await isCommon(''), false);
});

test('hashes two at once, and lets a bounded number wait', async () => {
  const { passwords, running, turn, finish } = heldPasswords();
  const check = () => passwords.verify('x', undefined, soon());
  const waiting = Array.from({ length: 66 }, check);
  await turn();

  assert.equal(running(), 2);
  await assert.rejects(check(), refusal('overloaded'));
  await finish();
  assert.equal((await Promise.all(waiting)).length, 66);
});

test('hashes nothing for those whose time is over', async () => {
  const { passwords, running, turn, finish } = heldPasswords();

  await assert.rejects(passwords.verify('x', undefined, over), refusal('deadlineExceeded'));

  assert.equal(running(), 0);
  const next = passwords.verify('x', undefined, soon());
  await turn();
  await finish();
  await next;
});
