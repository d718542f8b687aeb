import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service } from '../platform/api.ts';
import { ownCall } from '../platform/call.ts';
import { AppError, type ErrorCode } from '../platform/errors.ts';
import { orderApi } from './bookstore-api.ts';
import { balanced } from './bookstore-balance.ts';

type Order = Service<typeof orderApi>;
type Asked = { who: string; key: string | undefined; leftMs: number };

/** Replicas that note who was asked; those with a code refuse with it. */
function makeReplicas(codes: readonly (ErrorCode | undefined)[]) {
  const asked: Asked[] = [];
  const replicas = codes.map((code, i): Order => ({
    async purchase({ idempotencyKey: key }, call) {
      const who = `replica ${i}`;
      asked.push({ who, key, leftMs: call.deadlineAtMs - performance.now() });
      if (code) throw new AppError(code, `refused by ${who}`);
      return who;
    },
  }));
  const order = balanced(orderApi, () => replicas);
  const buy = () => order.purchase({ id: '1', idempotencyKey: 'k' }, ownCall('test', 4_000));
  return { asked, buy };
}

test('asks replicas in turn', async () => {
  const { buy } = makeReplicas([undefined, undefined]);
  const answers = [await buy(), await buy(), await buy(), await buy()];
  assert.equal(new Set(answers.slice(0, 2)).size, 2);
  assert.deepEqual(answers.slice(2), answers.slice(0, 2));
});

test('lets another replica answer with the same key for one that does not', async () => {
  const { asked, buy } = makeReplicas(['unavailable', undefined]);
  assert.deepEqual([await buy(), await buy()], ['replica 1', 'replica 1']);
  assert.deepEqual([...new Set(asked.map(({ key }) => key))], ['k']);
});

test('leaves half of the time to another replica when one hangs', async () => {
  const { asked, buy } = makeReplicas(['deadlineExceeded', undefined]);
  await buy();
  await buy();
  assert.ok(asked.every(({ leftMs }) => leftMs <= 2_000));
});

test('asks nobody again after a refusal that is an answer', async () => {
  const { asked, buy } = makeReplicas(['outOfStock', 'outOfStock']);
  await assert.rejects(buy, { code: 'outOfStock' });
  assert.equal(asked.length, 1);
});

test('gives up after three tries, the last one with all of the time', async () => {
  const { asked, buy } = makeReplicas(['unavailable', 'unavailable']);
  await assert.rejects(buy, { code: 'unavailable' });
  assert.equal(asked.length, 3);
  assert.ok((asked[2]?.leftMs ?? 0) > 2_000);
});

test('says so when no replica is there', async () => {
  const { buy } = makeReplicas([]);
  await assert.rejects(buy, { code: 'unavailable', retryAfterSeconds: 1 });
});
