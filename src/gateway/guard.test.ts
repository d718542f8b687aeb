import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import { defineApi } from '../platform/api.ts';
import type { Caller } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import { createMetrics } from '../platform/metrics.ts';
import { serve } from '../platform/serve.ts';
import { callBy } from '../testing/call.ts';
import { silent } from '../testing/database.ts';
import { testServer } from '../testing/server.ts';
import { publicOperations } from './api.ts';
import { authorise, createGuard } from './guard.ts';
import { createLimiter } from './limiter.ts';
import { courierOrStaff, keyInQuery, type Policy } from './policy.ts';

const device = (role: string): Caller => ({
  kind: 'user',
  id: 'u1',
  role,
  sessionId: 'k1',
  scopes: ['tracking:read', 'tracking:write'],
  vehicleId: 'van-7',
  token: 'none',
});

const policies: Record<string, Policy> = {
  report: keyInQuery(courierOrStaff('tracking:write')),
  strict: courierOrStaff('tracking:write'),
};
const reply = Type.Object({ id: Type.String() });
const doors = defineApi({
  report: {
    method: 'GET',
    path: '/report',
    summary: 'Report',
    query: Type.Object({}, { additionalProperties: Type.Unknown() }),
    reply,
  },
  strict: {
    method: 'GET',
    path: '/strict',
    summary: 'The same, with a header',
    query: Type.Object({}, { additionalProperties: Type.Unknown() }),
    reply,
  },
});

/** Two doors that know one key, of a device of a courier. */
function setup(perMinuteMax = 100) {
  const seen: (string | undefined)[] = [];
  const guards = createGuard({
    async authenticate(authorization) {
      seen.push(authorization);
      if (authorization === undefined) return { kind: 'anonymous' };
      if (authorization !== 'Bearer bzk_good') throw new AppError('unauthorized', 'no');
      return device('courier');
    },
    policyOf: (operation) => policies[operation] as Policy,
    limiters: {
      caller: createLimiter('caller', perMinuteMax),
      address: createLimiter('address', perMinuteMax),
      logIn: createLimiter('log-in', perMinuteMax),
    },
    log: silent,
    metrics: createMetrics(),
  });
  const app = testServer();
  const answer = async (_input: object, { caller }: { caller: Caller }) => ({
    id: caller.kind === 'user' ? caller.sessionId : '',
  });
  serve(app, doors, { service: { report: answer, strict: answer }, guard: guards.guard });
  const statusOf = async (url: string, authorization?: string) => {
    const headers = { host: 'a', ...(authorization !== undefined && { authorization }) };
    return (await app.inject({ url, headers })).statusCode;
  };
  return { ...guards, seen, statusOf };
}

test('a key in the query counts where the policy says so, and nowhere else', async () => {
  const { statusOf, seen } = setup();

  assert.equal(await statusOf('/report?key=bzk_good'), 200);
  assert.equal(await statusOf('/strict?key=bzk_good'), 401);
  assert.equal(await statusOf('/report?key=bzk_wrong'), 401);
  assert.equal(await statusOf('/report'), 401);
  assert.equal(await statusOf('/report?key=bzk_good&key=bzk_good'), 401);
  assert.deepEqual(seen, ['Bearer bzk_good', undefined, 'Bearer bzk_wrong', undefined, undefined]);
});

test('the header goes before the query, also when it is wrong', async () => {
  const { statusOf } = setup();
  assert.equal(await statusOf('/report?key=bzk_wrong', 'Bearer bzk_good'), 200);
  assert.equal(await statusOf('/report?key=bzk_good', 'Bearer bzk_wrong'), 401);
});

test('admits a key without a request, and makes the call that of its holder', async () => {
  const { admitKey } = setup();
  const call = callBy();

  const caller = await admitKey(
    { key: 'bzk_good', address: '10.0.0.1', operation: 'strict' },
    call,
  );

  assert.deepEqual([caller, call.caller], [device('courier'), device('courier')]);
});

test('spends the allowance of a key on each admission, and of the address on each guess', async () => {
  const { admitKey } = setup(2);
  const admit = async (key: string, address: string) => {
    const work = admitKey({ key, address, operation: 'strict' }, callBy());
    return work.then(
      () => 'ok',
      ({ code }: AppError) => code,
    );
  };
  const answers = [];
  for (const key of ['bzk_good', 'bzk_wrong']) {
    for (const address of ['10.0.0.1', '10.0.0.1', '10.0.0.1', '10.0.0.2']) {
      // oxlint-disable-next-line no-await-in-loop -- their order is the point
      answers.push(await admit(key, address));
    }
  }
  assert.deepEqual(answers.slice(0, 4), ['ok', 'ok', 'rateLimited', 'rateLimited']);
  const guesses = ['unauthorized', 'unauthorized', 'rateLimited', 'unauthorized'];
  assert.deepEqual(answers.slice(4), guesses);
});

test('the key of a device opens nothing but tracking, and what is open to anyone', () => {
  const isOpen = ({ policy }: { policy: Policy }, role: string): boolean => {
    try {
      authorise(policy, device(role));
      return true;
    } catch (error) {
      assert.equal((error as AppError).code, 'forbidden');
      return false;
    }
  };
  for (const role of ['customer', 'courier', 'staff']) {
    const opened = publicOperations.filter((one) => isOpen(one, role));
    const others = opened.filter(
      ({ policy: { who, scopes } }) =>
        who !== 'anyone' && !scopes.some((scope) => scope.startsWith('tracking:')),
    );
    assert.deepEqual(
      others.map(({ name }) => name),
      [],
      role,
    );
  }
});
