import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateKeys, readKeys, type KeySet } from './keys.ts';
import { createVerifier, signToken } from './tokens.ts';

const kind = { type: 'service+jwt', audience: 'orders' } as const;
const ticket = { ...kind, claims: { sub: 'catalog' }, lifetimeSeconds: 60 };

/** What the file of a process holds after each step that docs/operations/keys.md tells. */
async function makeSteps(): Promise<KeySet[]> {
  const [old, fresh] = await Promise.all(
    ['old', 'fresh'].map(async (kid) => {
      const { keys } = JSON.parse(await generateKeys(kid)) as { keys: [object] };
      return keys[0];
    }),
  );
  const files = [[old], [old, fresh], [fresh, old], [fresh]];
  return Promise.all(files.map((keys) => readKeys(JSON.stringify({ keys }))));
}

async function isBelieved(from: KeySet, to: KeySet): Promise<boolean> {
  const token = await signToken(from.signing ?? assert.fail('no key to sign with'), ticket);
  const verify = createVerifier(kind, async (kid) => to.verifying.get(kid));
  return verify(token).then(
    () => true,
    () => false,
  );
}

test('while keys are changed step by step, each process believes all that run beside it', async () => {
  const steps = await makeSteps();

  const pairs = steps.slice(1).flatMap((now, i) => {
    const before = steps[i] ?? assert.fail();
    return [isBelieved(before, now), isBelieved(now, before)];
  });

  assert.deepEqual(await Promise.all(pairs), [true, true, true, true, true, true]);
});

test('a key that is replaced in one step is not believed by those who have the old one', async () => {
  const [first, , , last] = await makeSteps();
  assert.ok(first && last);

  assert.equal(await isBelieved(last, first), false);
});
