import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignJWT, UnsecuredJWT, exportJWK, generateKeyPair } from 'jose';
import { generateKeys, readKeys } from './keys.ts';
import { createVerifier, signToken } from './tokens.ts';

const keys = await readKeys(await generateKeys('one'));
const signing = keys.signing ?? assert.fail('no key to sign with');
const kind = { type: 'at+jwt', audience: 'bazar' } as const;
const verify = createVerifier(kind, async (kid) => keys.verifying.get(kid));
const good = { ...kind, claims: { sub: 'u1' }, lifetimeSeconds: 60 };

/** A token that is right in all but what a test says. */
async function token(header: object, claims: object, key = signing.key): Promise<string> {
  const seconds = Math.floor(Date.now() / 1_000);
  const whole = {
    iss: 'bazar',
    aud: 'bazar',
    sub: 'u1',
    iat: seconds,
    exp: seconds + 60,
    ...claims,
  };
  return new SignJWT(whole)
    .setProtectedHeader({ alg: 'EdDSA', kid: 'one', typ: 'at+jwt', ...header })
    .sign(key);
}

test('gives back the claims of a token it signed, also the second time', async () => {
  const signed = await signToken(signing, good);
  const [first, second] = [await verify(signed), await verify(signed)];
  assert.deepEqual([first.sub, second.sub], ['u1', 'u1']);
});

test('refuses every token that is not exactly right', async () => {
  const now = Math.floor(Date.now() / 1_000);
  const stranger = await generateKeyPair('EdDSA', { extractable: true });
  const strangerJwk = await exportJWK(stranger.publicKey);
  const none = new UnsecuredJWT({ sub: 'u1' }).setAudience('bazar').setIssuer('bazar').encode();
  const [head, body] = (await token({}, {})).split('.');
  const hmac = new TextEncoder().encode('a symmetric key of thirty-two bytes!');
  const confused = new SignJWT({ sub: 'u1', exp: now + 60 })
    .setProtectedHeader({ alg: 'HS256', kid: 'one', typ: 'at+jwt' })
    .setIssuer('bazar')
    .setAudience('bazar')
    .sign(hmac);
  const bad: Record<string, string> = {
    'no algorithm': none,
    'no algorithm, spelt nOnE': none.replace(
      /^[^.]+/,
      Buffer.from('{"alg":"nOnE"}').toString('base64url'),
    ),
    'no signature': `${head}.${body}.`,
    'a symmetric algorithm': await confused,
    'a foreign key': await token({}, {}, stranger.privateKey),
    'a key of its own in the header': await token({ jwk: strangerJwk }, {}, stranger.privateKey),
    'a key address in the header': await token(
      { jku: 'http://127.0.0.1/k' },
      {},
      stranger.privateKey,
    ),
    'an unknown key id': await token({ kid: 'two' }, {}),
    'a path as key id': await token({ kid: '../../x' }, {}),
    'another audience': await token({}, { aud: 'users' }),
    'another issuer': await token({}, { iss: 'mallory' }),
    'another type': await token({ typ: 'service+jwt' }, {}),
    'no subject': await token({}, { sub: undefined }),
    'no end': await token({}, { exp: undefined }),
    'an end 31 s ago': await token({}, { exp: now - 31 }),
    'a beginning in a minute': await token({}, { nbf: now + 60 }),
    'nine kilobytes': await token({}, { padding: 'x'.repeat(9_000) }),
    'no form': 'nonsense',
  };
  for (const [why, text] of Object.entries(bad)) {
    // oxlint-disable-next-line no-await-in-loop -- so that a failure names its token
    await assert.rejects(verify(text), { code: 'unauthorized' }, why);
  }
});

/** A verifier whose clocks and keys are the test's. */
function setup() {
  const time = { wallMs: Date.now(), clockMs: 0 };
  const known = new Map(keys.verifying);
  const check = createVerifier(kind, async (kid) => known.get(kid), {
    wallMs: () => time.wallMs,
    clockMs: () => time.clockMs,
  });
  const pass = (ms: number) => {
    time.wallMs += ms;
    time.clockMs += ms;
  };
  return { check, pass, known, time };
}

test('looks at a signature once a minute', async () => {
  const { check, pass } = setup();
  const signed = await signToken(signing, { ...good, lifetimeSeconds: 600 });
  const [first, beside] = await Promise.all([check(signed), check(signed)]);
  assert.deepEqual(first, beside);
  const kept = await check(signed);
  assert.ok(kept === first || kept === beside);
  pass(59_999);
  assert.equal(await check(signed), kept);
  pass(1);
  assert.notEqual(await check(signed), kept);
});

test('what was remembered is refused once it has expired, also when the clock is set back', async () => {
  const { check, pass } = setup();
  const signed = await signToken(signing, { ...good, lifetimeSeconds: 10 });
  await check(signed);
  pass(39_000);
  await check(signed);
  pass(2_000);
  await assert.rejects(check(signed), { code: 'unauthorized' });
  // Set back by an hour it is good again for the wall clock, but is looked at once more.
  const again = setup();
  const kept = await again.check(signed);
  again.time.wallMs -= 3_600_000;
  again.time.clockMs += 60_000;
  assert.notEqual(await again.check(signed), kept);
});

test('a token that was changed is refused, although the right one is remembered', async () => {
  const { check } = setup();
  const signed = await signToken(signing, good);
  await check(signed);
  const [head, , signature] = signed.split('.');
  const body = Buffer.from(JSON.stringify({ sub: 'u2', exp: 4e9 })).toString('base64url');
  for (const bad of [`${head}.${body}.${signature}`, `${signed}A`, signed.slice(0, -4)]) {
    // oxlint-disable-next-line no-await-in-loop -- so that a failure names its token
    await assert.rejects(check(bad), { code: 'unauthorized' }, bad);
  }
});

test('a token is remembered no longer than its key is believed', async () => {
  const { check, known } = setup();
  const signed = await signToken(signing, good);
  await check(signed);
  const other = await readKeys(await generateKeys('one'));
  known.set('one', other.verifying.get('one') ?? assert.fail());
  await assert.rejects(check(signed), { code: 'unauthorized' });
  known.delete('one');
  await assert.rejects(check(signed), { code: 'unauthorized' });
});

test('says unavailable, not unauthorized, when the keys cannot be had', async () => {
  const { AppError } = await import('./errors.ts');
  const away = createVerifier(kind, () => Promise.reject(new AppError('unavailable', 'away')));
  await assert.rejects(away(await signToken(signing, good)), { code: 'unavailable' });
});

test('a set with an old public key goes on verifying after a rotation', async () => {
  const { keys: old } = JSON.parse(await generateKeys('old'));
  const { keys: fresh } = JSON.parse(await generateKeys('new'));
  const before = await readKeys(JSON.stringify({ keys: old }));
  const rotated = await readKeys(JSON.stringify({ keys: [...fresh, { ...old[0], d: undefined }] }));
  assert.equal(rotated.signing?.kid, 'new');
  const check = createVerifier(kind, async (kid) => rotated.verifying.get(kid));
  const signed = await signToken(before.signing ?? assert.fail(), good);
  assert.equal((await check(signed)).sub, 'u1');
});

test('never publishes a private key', () => {
  assert.equal(JSON.stringify(keys.published).includes('"d"'), false);
});
