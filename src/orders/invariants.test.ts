import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Violation } from '../platform/audit.ts';
import { aLine, freshOrders } from './fixture.ts';
import { auditOrders } from './invariants.ts';

const { database, addOrder } = await freshOrders();

async function found(part: string): Promise<Violation[]> {
  const violations = await auditOrders(database);
  return violations.filter(({ subject, detail }) => `${subject} ${detail}`.includes(part));
}

async function change(id: string, what: string): Promise<void> {
  await database.rows({
    name: randomUUID(),
    text: `update orders.orders set ${what} where id = '${id}'`,
  });
}

test('orders of every kind are in order', async () => {
  const { database: own, addOrder: add } = await freshOrders();
  const lines = [aLine, { ...aLine, productId: 'gold', quantity: 1_000_000, unitPriceCents: 1e9 }];
  await Promise.all([
    ...(['C', 'J', 'V', 'X', 'F'] as const).map((status) => add({ status, key: 'one of mine' })),
    add({ lines, totalCents: 1e15 + 300 }),
    add({ lines: [{ ...aLine, unitPriceCents: 0 }], totalCents: 0 }),
  ]);
  assert.deepEqual(await auditOrders(own), []);
});

test('finds two orders of one user under one key', async () => {
  const [mine, other] = [await addOrder({ key: 'twice' }), await addOrder({ key: 'twice' })];
  assert.deepEqual(await found(mine.id), []);

  const again = await addOrder({ userId: mine.userId, key: 'twice', status: 'J' });
  const detail =
    `2 orders under one key: order ${mine.id} (C, products ring), ` +
    `order ${again.id} (J, products ring)`;
  assert.deepEqual(await found(mine.id), [
    { invariant: 'O1', subject: `user ${mine.userId}`, detail },
  ]);
  assert.deepEqual(await found(other.id), []);
});

test('finds a total that is not what the lines cost', async () => {
  const order = await addOrder({ status: 'F' });
  await change(order.id, 'total_cents = total_cents + 1');
  const detail = `${order.ref} (F) total 301, its lines cost 300: 2 × ring at 150`;
  assert.deepEqual(await found(order.id), [
    { invariant: 'O2', subject: `order ${order.id}`, detail },
  ]);
});

const brokenLines = {
  'other quantities': [{ ...aLine, quantity: 3 }],
  'no lines': [],
  'something that is no list': { productId: 'ring' },
  'nothing at all': null,
  'a line that is no line': [aLine, 5],
  'a quantity in words': [{ ...aLine, quantity: 'two' }],
  'half a cent': [{ ...aLine, unitPriceCents: 150.5 }],
  'a price that is missing': [aLine, { productId: 'ring', quantity: 1 }],
};

for (const [what, lines] of Object.entries(brokenLines)) {
  test(`finds ${what} in an order, and goes on with the others`, async () => {
    const [order, next] = [await addOrder(), await addOrder()];
    await change(order.id, `lines = '${JSON.stringify(lines)}'`);
    await change(next.id, 'total_cents = 7');

    const [violation, ...rest] = await found(order.id);
    assert.deepEqual(rest, []);
    assert.equal(violation?.invariant, 'O2');
    assert.match(
      violation?.detail ?? '',
      new RegExp(`^${order.ref} .C. total 300, its lines cost`),
    );
    assert.equal((await found(next.id)).length, 1);
  });
}

test('finds what an order lacks, if the table ever lets it', async () => {
  const { database: lax, addOrder: add } = await freshOrders();
  const text = 'alter table orders.orders drop constraint orders_check';
  await lax.rows({ name: 'relax', text });
  const { id, ref } = await add({ lines: null, fp: null });
  const lost = await add();
  await lax.rows({
    name: 'loseNumber',
    text: `update orders.orders set number = null where id = '${lost.id}'`,
  });

  const violations = await auditOrders(lax);
  assert.deepEqual(
    violations.toSorted((a, b) => b.detail.localeCompare(a.detail)),
    [
      { subject: `order ${id}`, detail: `${ref} (C) lacks fp, lines; products unknown` },
      { subject: `order ${lost.id}`, detail: 'ORD? (C) lacks number; products ring' },
    ].map((one) => ({ invariant: 'O2', ...one })),
  );
});

test('finds news that nobody was told', async () => {
  const [young, old] = [randomUUID(), randomUUID()];
  const text = `insert into orders.outbox (kind, order_ids, at) values
    ('placed', '{${young}}', now() - interval '50 s'),
    ('cancelled', '{${old}}', now() - interval '100 s')`;
  await database.rows({ name: 'news', text });

  assert.deepEqual(await found(young), []);
  const [violation] = await found(old);
  assert.equal(violation?.invariant, 'K2');
  const told = /^cancelled, and nobody was told for 10\d s; orders \(1\): /;
  assert.match(violation?.detail ?? '', told);
});

test('looks at all orders, however many, and ends early when it is to close', async () => {
  const { database: large, addOrder: add } = await freshOrders();
  const first = await add();
  const text = `insert into orders.orders (id, number, user_id, fp, status, lines, total_cents,
      placed_at, request_id, trace_id)
    select gen_random_uuid(), nextval('orders.numbers'), user_id, fp, status, lines, total_cents,
      placed_at, request_id, trace_id
    from orders.orders, generate_series(1, 20000)`;
  await large.rows({ name: 'many', text });
  const last = await add();
  await large.rows({
    name: 'both',
    text: `update orders.orders set total_cents = 1 where id in ('${first.id}', '${last.id}')`,
  });

  const subjects = (await auditOrders(large)).map(({ subject }) => subject);
  assert.deepEqual(subjects, [`order ${first.id}`, `order ${last.id}`]);
  assert.deepEqual(await auditOrders(large, AbortSignal.abort()), []);
});
