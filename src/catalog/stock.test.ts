import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Call } from '../platform/call.ts';
import { callBy, callByStaff } from '../testing/call.ts';
import { atOnce, freshCatalog, outcomes } from './fixture.ts';
import { auditCatalog } from './invariants.ts';

const { catalog, database, addProduct, auditDuring, behindRestock } = await freshCatalog();

type Move = { id: string; delta: number; reason?: 'restock' | 'correction'; note?: string };

const move = ({ reason = 'correction', ...rest }: Move, call: Call = callByStaff()) =>
  catalog.addStockMove({ reason, idempotencyKey: randomUUID(), ...rest }, call);

test('a move changes the stock, and says by whom and when', async () => {
  const { id } = await addProduct();
  const userId = randomUUID();
  const call = callByStaff(userId);

  const made = await move({ id, delta: 5, reason: 'restock', note: 'from the harbour' }, call);
  assert.deepEqual(made, {
    id: made.id,
    productId: id,
    delta: 5,
    reason: 'restock',
    note: 'from the harbour',
    availableAfter: 15,
    at: made.at,
    byUserId: userId,
  });
  assert.equal((await catalog.getProduct({ id }, callBy())).available, 15);
  const { items } = await catalog.listStockMoves({ id }, call);
  assert.equal(JSON.stringify(items[0]), JSON.stringify(made));
  const [row] = await database.rows({
    name: 'origin',
    text: `select request_id, trace_id from catalog.stock_moves where move_id = '${made.id}'`,
  });
  assert.deepEqual(row, { request_id: call.requestId, trace_id: call.trace.traceId });
});

test('a move by a service names no user', async () => {
  const { id } = await addProduct();
  const made = await move({ id, delta: 1 }, callBy({ kind: 'service', name: 'tracking' }));
  assert.equal('byUserId' in made, false);
});

test('a move of nothing, and a restock that takes, are refused', async () => {
  const { id } = await addProduct();
  await assert.rejects(move({ id, delta: 0 }), { code: 'invalid' });
  await assert.rejects(move({ id, delta: -1, reason: 'restock' }), {
    code: 'invalid',
    errors: [{ in: 'body', pointer: '/delta', detail: 'must be positive for a restock' }],
  });
});

test('a correction may take all there is, but not more', async () => {
  const { id } = await addProduct({ quantity: 4 });

  await assert.rejects(move({ id, delta: -5 }), {
    code: 'outOfStock',
    details: { productId: id, available: 4, asked: 5 },
  });
  assert.equal((await move({ id, delta: -4 })).availableAfter, 0);
  assert.deepEqual(await auditCatalog(database), []);
});

test('what is reserved cannot be corrected away', async () => {
  const { id } = await addProduct({ quantity: 4 });
  const lines = [{ productId: id, quantity: 3 }];
  await catalog.createHold({ lines, idempotencyKey: randomUUID() }, callByStaff());

  await assert.rejects(move({ id, delta: -2 }), { code: 'outOfStock' });
  assert.equal((await move({ id, delta: -1 })).availableAfter, 0);
});

test('a product that is not there has no stock to move and no ledger', async () => {
  await assert.rejects(move({ id: 'nope', delta: 1 }), { code: 'notFound' });
  const ledger = catalog.listStockMoves({ id: 'nope' }, callByStaff());
  await assert.rejects(ledger, { code: 'notFound' });
});

test('the same request, 20 times at once, moves once and has one answer', async () => {
  const { id } = await addProduct();
  const idempotencyKey = randomUUID();
  const userId = randomUUID();
  const results = await Promise.all(
    atOnce(20, async () => {
      const call = callByStaff(userId);
      const input = {
        id,
        delta: -1,
        reason: 'correction',
        note: 'broken',
        idempotencyKey,
      } as const;
      const made = await catalog.addStockMove(input, call);
      return { text: JSON.stringify(made), replayed: call.answer.replayed };
    }),
  );

  assert.equal(new Set(results.map(({ text }) => text)).size, 1);
  assert.equal(results.filter(({ replayed }) => replayed).length, 19);
  assert.equal((await catalog.getProduct({ id }, callBy())).available, 9);
});

test('a repeated correction is answered even when there is too little for a second one', async () => {
  const { id } = await addProduct({ quantity: 4 });
  const input = { id, delta: -4, reason: 'correction', idempotencyKey: randomUUID() } as const;
  const call = callByStaff();

  assert.deepEqual(
    await catalog.addStockMove(input, call),
    await catalog.addStockMove(input, call),
  );
});

test('a key that was used for another move is refused, whatever differs', async () => {
  const { id } = await addProduct();
  const { id: otherId } = await addProduct();
  const call = callByStaff();
  const input = { id, delta: 2, reason: 'correction', idempotencyKey: randomUUID() } as const;
  await catalog.addStockMove(input, call);

  const others = [
    { ...input, delta: 3 },
    { ...input, reason: 'restock' as const },
    { ...input, note: 'x' },
    { ...input, id: otherId },
  ];
  const results = await Promise.allSettled(
    others.map((other) => catalog.addStockMove(other, call)),
  );
  assert.deepEqual(outcomes(results), { keyReused: 4 });
  assert.equal((await catalog.getProduct({ id }, callBy())).available, 12);
  assert.equal((await catalog.getProduct({ id: otherId }, callBy())).available, 10);
});

test('a correction that waits for another move counts with what that one leaves', async () => {
  const { id } = await addProduct({ quantity: 1 });

  const moved = await behindRestock(id, 4, () => move({ id, delta: -5 }));
  assert.equal(moved.availableAfter, 0);
  const short = behindRestock(id, 2, () => move({ id, delta: -3 }));
  await assert.rejects(short, {
    code: 'outOfStock',
    details: { productId: id, available: 2, asked: 3 },
  });
  assert.deepEqual(await auditCatalog(database), []);
});

test('50 corrections at once never take more than there is', async () => {
  const { id } = await addProduct({ quantity: 30 });
  const { result, violations } = await auditDuring(
    Promise.allSettled(atOnce(50, () => move({ id, delta: -1 }))),
  );

  assert.deepEqual(outcomes(result), { ok: 30, outOfStock: 20 });
  assert.deepEqual(violations, []);
  assert.equal((await catalog.getProduct({ id }, callBy())).available, 0);
});

test('the ledger adds up, line by line, after moves in a crowd', async () => {
  const { id } = await addProduct({ quantity: 100 });
  await Promise.all(atOnce(30, (i) => move({ id, delta: i % 2 ? 3 : -2 })));

  const { items } = await catalog.listStockMoves({ id, limit: 100 }, callByStaff());
  let available = 0;
  for (const { delta, availableAfter } of items.toReversed()) {
    available += delta;
    assert.equal(availableAfter, available);
  }
  assert.equal(items.length, 31);
});

test('the ledger is read page by page, newest first, while it grows', async () => {
  const { id } = await addProduct({ quantity: 1 });
  await Promise.all(atOnce(6, () => move({ id, delta: 1 })));
  const call = callByStaff();

  const first = await catalog.listStockMoves({ id, limit: 4 }, call);
  await move({ id, delta: 1 });
  const second = await catalog.listStockMoves(
    { id, limit: 4, cursor: first.nextCursor as string },
    call,
  );
  const seen = [...first.items, ...second.items].map(({ availableAfter }) => availableAfter);
  assert.deepEqual(seen, [7, 6, 5, 4, 3, 2, 1]);
  assert.equal(second.nextCursor, undefined);

  const { id: otherId } = await addProduct();
  const elsewhere = { id: otherId, cursor: first.nextCursor as string };
  await assert.rejects(catalog.listStockMoves(elsewhere, call), { code: 'invalid' });
});

test('stock has no index but its key and room on each page, so that updates stay in place', async () => {
  const rows = await database.rows({
    name: 'stockStorage',
    text: `select (select count(*) from pg_index where indrelid = c.oid) as indexes, reloptions
      from pg_class c where oid = 'catalog.stock'::regclass`,
  });
  assert.deepEqual(rows, [{ indexes: 1, reloptions: ['fillfactor=50'] }]);
});
