import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callBy } from '../testing/call.ts';
import type { Caller } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import { createMetrics } from '../platform/metrics.ts';
import { createAuthentication } from './auth.ts';

const user = (token: string): Caller => ({
  kind: 'user',
  id: 'u1',
  role: 'customer',
  sessionId: `session of ${token}`,
  token,
});

/** A gateway's authentication with a users service that the test plays. */
function setup(role: 'customer' | 'staff' | 'over' = 'customer') {
  const asked = { sessions: [] as string[][], keys: 0 };
  const authenticate = createAuthentication({
    metrics: createMetrics(),
    verifyUser: async (token) => {
      if (token === 'forged') throw new AppError('unauthorized', 'no');
      return user(token);
    },
    users: {
      async checkSessions({ ids }) {
        asked.sessions.push(ids);
        return { live: role === 'over' ? [] : ids.map((id) => ({ id, userId: 'u1', role })) };
      },
      async exchangeApiKey({ key }, { caller }) {
        assert.equal(caller.kind, 'service');
        asked.keys += 1;
        return { accessToken: `for ${key}`, expiresInSeconds: 60 };
      },
    },
  });
  return { asked, authenticate };
}

test('who sends no token is anonymous, and whoever sends a bad one is nobody', async () => {
  const { authenticate } = setup();
  assert.deepEqual(await authenticate(undefined, callBy()), { kind: 'anonymous' });
  for (const header of ['Bearer forged', 'Basic YTpi', 'Bearer', 'Bearer a b', '']) {
    // oxlint-disable-next-line no-await-in-loop -- so that a failure names its header
    await assert.rejects(authenticate(header, callBy()), { code: 'unauthorized' }, header);
  }
});

test('asks once about the sessions of all requests of a moment, and then not again for a while', async () => {
  const { asked, authenticate } = setup();
  const tokens = ['a', 'b', 'a', 'c'];
  await Promise.all(tokens.map((token) => authenticate(`Bearer ${token}`, callBy())));
  await authenticate('Bearer a', callBy());
  assert.deepEqual(asked.sessions, [['session of a', 'session of b', 'session of c']]);
});

test('refuses a session that is over, and one whose role has changed', async () => {
  const over = setup('over');
  await assert.rejects(over.authenticate('Bearer a', callBy()), { code: 'unauthorized' });
  const promoted = setup('staff');
  await assert.rejects(promoted.authenticate('Bearer a', callBy()), { code: 'unauthorized' });
});

test('exchanges an API key once, however often it is used', async () => {
  const { asked, authenticate } = setup();
  const first = await authenticate('Bearer bzk_one', callBy());
  const second = await authenticate('Bearer bzk_one', callBy());
  assert.deepEqual([first, second, asked.keys], [user('for bzk_one'), user('for bzk_one'), 1]);
});
