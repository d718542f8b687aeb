import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { AppError, type ErrorCode } from '../platform/errors.ts';
import type { Catalog } from './parts.ts';
import { createReserving } from './reserving.ts';
import { away } from './testing-faults.ts';
import type { Wanted } from './verdict.ts';

type Asked = Parameters<Catalog['reserve']>[0];

const patience = { deadlineAtMs: performance.now() + 60_000 };

/** A catalog that has stock for all, and fails as often as it is told to. */
function playedCatalog(...failures: unknown[]) {
  const asked: Asked[] = [];
  const reserve: Catalog['reserve'] = async (input) => {
    asked.push(input);
    if (failures.length > 0) throw failures.shift();
    const results = input.orders.map(({ orderId }) => {
      return { orderId, outcome: 'reserved' as const, lines: [], totalCents: 0 };
    });
    return { results };
  };
  return { asked, ...createReserving({ reserve }) };
}

function wanted(): Wanted {
  return {
    id: randomUUID(),
    userId: randomUUID(),
    key: undefined,
    fp: '00',
    lines: [{ productId: 'ring', quantity: 1 }],
    placedBy: randomUUID(),
    requestId: 'a request',
    traceId: 'a trace',
  };
}

test('a batch goes out as it came, with nothing of an order that is not for catalog', async () => {
  const { reserve, asked } = playedCatalog();
  const orders = [wanted(), wanted()];
  const { batchId, reservations } = await reserve(orders, patience);

  const sent = orders.map(({ id, fp, lines }) => ({ orderId: id, fp, lines }));
  assert.deepEqual(asked, [{ batchId, settled: [], orders: sent }]);
  assert.deepEqual(
    reservations.map(({ orderId }) => orderId),
    orders.map(({ id }) => id),
  );
});

test('what is settled rides along with the next batch, once', async () => {
  const { reserve, isSettled, asked } = playedCatalog();
  isSettled(['one', 'two']);
  isSettled(['three']);
  await reserve([wanted()], patience);
  await reserve([wanted()], patience);
  assert.deepEqual(
    asked.map(({ settled }) => settled),
    [['one', 'two', 'three'], []],
  );
});

test('no more rides along than one call may name, and the oldest go first', async () => {
  const { reserve, isSettled, asked } = playedCatalog();
  const many = Array.from({ length: 100 }, (_, i) => `batch ${i}`);
  isSettled(many);
  await reserve([wanted()], patience);
  await reserve([wanted()], patience);
  assert.deepEqual(
    asked.map(({ settled }) => settled),
    [many.slice(0, 64), many.slice(64)],
  );
});

test('of what nobody takes along only the newest is remembered', async () => {
  const { reserve, isSettled, asked } = playedCatalog();
  const many = Array.from({ length: 1_024 + 10 }, (_, i) => `batch ${i}`);
  isSettled(many);
  await Promise.all(Array.from({ length: 20 }, () => reserve([wanted()], patience)));
  assert.deepEqual(
    asked.flatMap(({ settled }) => settled),
    many.slice(10),
  );
});

test('a catalog that is away is asked once more, under another batch id and with the same news', async () => {
  const { reserve, isSettled, asked } = playedCatalog(away());
  isSettled(['one']);
  const order = wanted();
  const { batchId } = await reserve([order], patience);

  const [first, second] = asked;
  assert.notEqual(first?.batchId, second?.batchId);
  assert.equal(second?.batchId, batchId);
  assert.deepEqual(second?.orders, first?.orders);
  assert.deepEqual(second?.settled, ['one']);
});

for (const failures of [[away(), away()], [refused('deadlineExceeded')], [new Error('a bug')]]) {
  test(`a reserve that fails ${failures.length} times keeps the news: ${failures[0]?.message}`, async () => {
    const { reserve, isSettled, asked } = playedCatalog(...failures);
    isSettled(['one']);
    await assert.rejects(reserve([wanted()], patience), failures.at(-1));
    assert.equal(asked.length, failures.length);

    await reserve([wanted()], patience);
    assert.deepEqual(asked.at(-1)?.settled, ['one']);
    await reserve([wanted()], patience);
    assert.deepEqual(asked.at(-1)?.settled, []);
  });
}

function refused(code: ErrorCode): AppError {
  return new AppError(code, `Refused as ${code} by the test`);
}
