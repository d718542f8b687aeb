import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { Type } from 'typebox';
import { callBy, callByUser } from '../testing/call.ts';
import { startPeers } from '../testing/peers.ts';
import { defineApi, idempotencyKey, strict, type Service } from './api.ts';
import type { Call } from './call.ts';
import { AppError } from './errors.ts';

const desk = defineApi({
  ask: {
    method: 'POST',
    path: '/desks/:desk/questions',
    summary: 'Ask something',
    params: strict({ desk: Type.String() }),
    query: strict({ loud: Type.Optional(Type.Boolean()) }),
    headers: strict({ idempotencyKey: Type.Optional(idempotencyKey) }),
    body: strict({ text: Type.String({ maxLength: 20 }) }),
    reply: strict({ answer: Type.String(), by: Type.String(), trace: Type.String() }),
    together: true,
  },
});

const seen: { requestId: string; leftMs: number }[] = [];

const service: Service<typeof desk> = {
  async ask({ desk: name, loud = false, text }, call) {
    seen.push({ requestId: call.requestId, leftMs: call.deadlineAtMs - performance.now() });
    if (text === 'again') call.answer = { status: 202, replayed: true };
    if (text === 'no') throw new AppError('conflict', 'No', { details: { name } });
    if (text === 'bug') throw new TypeError('a bug');
    if (text === 'sleep') return new Promise(() => undefined);
    if (text === 'later') throw new AppError('overloaded', 'Later', { retryAfterSeconds: 7 });
    const by = call.caller.kind === 'user' ? call.caller.id : call.caller.kind;
    return { answer: loud ? name.toUpperCase() : name, by, trace: call.trace.traceId };
  },
};
const far = await startPeers('desk', desk, service);
after(far.close);

const ask = (text: string, call: Call = callBy(), more: object = {}) =>
  far.service.ask({ desk: 'a', text, idempotencyKey: randomUUID(), ...more }, call);

test('each call brings all of its input, its caller and its trace, and gets its own answer', async () => {
  const user = callByUser(randomUUID());
  if (user.caller.kind === 'user') user.caller.token = await far.tokenFor(user.caller);
  const calls = [user, callBy(), callBy({ kind: 'service', name: 'tests' })];

  const answers = await Promise.all(
    calls.map((call, i) => ask('x', call, { desk: `d${i}`, loud: i === 1 })),
  );

  assert.deepEqual(
    answers.map(({ answer }) => answer),
    ['d0', 'D1', 'd2'],
  );
  const kinds = [user.caller.kind === 'user' && user.caller.id, 'anonymous', 'service'];
  assert.deepEqual(
    answers.map(({ by }) => by),
    kinds,
  );
  assert.deepEqual(
    answers.map(({ trace }) => trace),
    calls.map(({ trace }) => trace.traceId),
  );
  assert.ok(calls.every(({ requestId }) => seen.some((one) => one.requestId === requestId)));
});

test('what one is refused for is no business of the others', async () => {
  const replayed = callBy();
  const results = await Promise.allSettled([
    ask('no'),
    ask('bug'),
    ask('later'),
    ask('again', replayed),
    ask('this text is far too long'),
    ask('x', callBy(), { nonsense: 1 }),
    ask('x'),
  ]);

  const codes = results.map((one) =>
    one.status === 'fulfilled' ? 'ok' : (one.reason as AppError).code,
  );
  assert.deepEqual(codes, ['conflict', 'internal', 'overloaded', 'ok', 'invalid', 'invalid', 'ok']);
  const [no, , later] = results.map((one) =>
    one.status === 'rejected' ? (one.reason as AppError) : undefined,
  );
  assert.deepEqual(no?.details, { name: 'a' });
  assert.equal(later?.retryAfterSeconds, 7);
  assert.deepEqual(replayed.answer, { status: 202, replayed: true });
});

test('a user with a token that is not good is nobody, whoever travels along', async () => {
  const forged = callByUser(randomUUID());
  const results = await Promise.allSettled([ask('x', forged), ask('x')]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'fulfilled'],
  );
});

test('one that takes too long is given up in its own time', async () => {
  const impatient = { ...callBy(), deadlineAtMs: performance.now() + 100 };
  const results = await Promise.allSettled([ask('sleep', impatient), ask('x')]);
  assert.equal((results[0] as PromiseRejectedResult).reason.code, 'deadlineExceeded');
  assert.equal(results[1]?.status, 'fulfilled');
});

test('many travel as few, and one that must not be repeated travels alone', async () => {
  const before = far.requests();
  await Promise.all(Array.from({ length: 300 }, () => ask('x')));
  const journeys = far.requests() - before;
  assert.ok(journeys >= 5 && journeys <= 30, `${journeys} requests`);

  await Promise.all(
    Array.from({ length: 3 }, () => far.service.ask({ desk: 'a', text: 'x' }, callBy())),
  );
  assert.equal(far.requests() - before - journeys, 3);
});

test('the journey is for services only', async () => {
  const input = { desk: 'a', text: 'x', idempotencyKey: 'k' };
  const ids = { requestId: 'r', traceparent: '', deadlineMs: 1_000 };
  const body = JSON.stringify({ calls: [{ input, ...ids }] });
  const path = `${far.url}/internal/together/ask`;
  const post = (headers: Record<string, string>) =>
    fetch(path, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
  const none = await post({});
  const forNobody = await post(await far.credentialsFor('desk')(callBy()));
  const forItself = await post(
    await far.credentialsFor('desk')(callBy({ kind: 'service', name: 'tests' })),
  );
  assert.deepEqual([none.status, forNobody.status, forItself.status], [401, 401, 200]);
});
