import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { callByStaff, callByUser } from '../testing/call.ts';
import { refusal } from '../users/fixture.ts';
import { aLine, freshOrders } from './fixture.ts';

const { orders, addOrder } = await freshOrders();

type Filters = Parameters<typeof orders.listOrders>[0];

/** The ids of what a customer finds. */
async function idsOf(userId: string, filters: Filters = {}): Promise<string[]> {
  const { items } = await orders.listOrders(filters, callByUser(userId));
  return items.map(({ id }) => id);
}

test('shows an order to its owner and to staff, by its id and by its number', async () => {
  const { id, ref, userId } = await addOrder();
  const order = {
    id,
    number: ref,
    userId,
    status: 'confirmed',
    lines: [aLine],
    totalCents: 300,
    currency: 'EUR',
    placedAt: '2026-05-01T10:00:00.123Z',
    version: '1',
  };
  for (const call of [callByUser(userId), callByStaff()]) {
    // oxlint-disable-next-line no-await-in-loop -- a table of two
    assert.deepEqual(await orders.getOrder({ id }, call), order);
    // oxlint-disable-next-line no-await-in-loop -- a table of two
    assert.deepEqual(await orders.getOrder({ id: ref }, call), order);
  }
});

test('what is missing, foreign, rejected or void is refused in the same words', async () => {
  const mine = randomUUID();
  const foreign = await addOrder();
  const rejected = await addOrder({ userId: mine, status: 'J' });
  const voided = await addOrder({ userId: mine, status: 'V' });
  const own = await addOrder({ userId: mine });
  const named = [
    foreign.id,
    foreign.ref,
    rejected.id,
    voided.id,
    randomUUID(),
    'ORD999999999999999',
  ];

  // It has one number only, written in one way.
  for (const id of [...named, own.ref.replace('ORD', 'ORD0')]) {
    const same = { code: 'notFound', message: 'There is no such order' };
    // oxlint-disable-next-line no-await-in-loop -- a table of seven
    await assert.rejects(orders.getOrder({ id }, callByUser(mine)), same);
    // oxlint-disable-next-line no-await-in-loop -- a table of seven
    await assert.rejects(orders.getOrderHistory({ id }, callByUser(mine)), same);
  }
  const forStaff = orders.getOrder({ id: rejected.id }, callByStaff());
  await assert.rejects(forStaff, refusal('notFound'));
});

test('the history tells of both steps, in the form of a trace', async () => {
  const [placedBy, closedBy] = [randomUUID(), randomUUID()];
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const open = await addOrder({ placedBy, traceId });
  const closed = await addOrder({ status: 'X', closedBy, traceId });
  const historyOf = async ({ id, userId }: typeof open) =>
    (await orders.getOrderHistory({ id }, callByUser(userId))).items;

  const placed = { status: 'confirmed', at: open.placedAt, requestId: 'placing', traceId };
  assert.deepEqual(await historyOf(open), [{ ...placed, byUserId: placedBy }]);
  assert.deepEqual(await historyOf(closed), [
    placed,
    { status: 'cancelled', at: closed.closedAt, byUserId: closedBy, requestId: 'closing', traceId },
  ]);
});

test('customers list their own orders, staff those of all', async () => {
  const mine = randomUUID();
  const first = await addOrder({ userId: mine });
  const second = await addOrder({ userId: mine, status: 'X' });
  await addOrder({ userId: mine, status: 'J' });
  await addOrder({ userId: mine, status: 'V' });
  const foreign = await addOrder();

  assert.deepEqual(await idsOf(mine), [second.id, first.id]);
  assert.deepEqual(await idsOf(mine, { userId: mine }), [second.id, first.id]);
  assert.deepEqual(await orders.listOrders({ userId: foreign.userId }, callByUser(mine)), {
    items: [],
  });
  const { items } = await orders.listOrders({ limit: 3 }, callByStaff());
  assert.deepEqual(
    items.map(({ id }) => id),
    [foreign.id, second.id, first.id],
  );
  const ofMine = await orders.listOrders({ userId: mine }, callByStaff());
  assert.equal(ofMine.items.length, 2);
});

test('filters by status', async () => {
  const userId = randomUUID();
  const statuses = ['C', 'X', 'F'] as const;
  const [c, x, f] = await Promise.all(statuses.map((status) => addOrder({ userId, status })));
  assert.deepEqual(await idsOf(userId, { status: 'confirmed' }), [c?.id]);
  assert.deepEqual(await idsOf(userId, { status: 'cancelled' }), [x?.id]);
  assert.deepEqual(await idsOf(userId, { status: 'fulfilled' }), [f?.id]);
});

test('filters by product, and takes no title for one', async () => {
  const userId = randomUUID();
  const other = { ...aLine, productId: 'ring-2', title: 'ring' };
  const both = await addOrder({ userId, lines: [other, aLine] });
  const one = await addOrder({ userId, lines: [other] });
  assert.deepEqual(await idsOf(userId, { productId: 'ring' }), [both.id]);
  assert.deepEqual(await idsOf(userId, { productId: 'ring-2' }), [one.id, both.id]);
  assert.deepEqual(await idsOf(userId, { productId: 'productId' }), []);
  assert.deepEqual(await idsOf(userId, { productId: 'r.ng' }), []);
});

test('filters by time: from one, which is in it, to before another, which is not', async () => {
  const userId = randomUUID();
  const times = [
    '2026-02-28T23:59:59.999Z',
    '2026-03-01T00:00:00.000Z',
    '2026-03-01T00:00:00.001Z',
  ];
  const added: string[] = [];
  for (const placedAt of times) {
    // oxlint-disable-next-line no-await-in-loop -- their numbers rise with their times
    added.unshift((await addOrder({ userId, placedAt })).id);
  }
  const midnight = '2026-03-01T00:00:00Z';
  const [third, second, first] = added;

  assert.deepEqual(await idsOf(userId, { placedFrom: midnight }), [third, second]);
  assert.deepEqual(await idsOf(userId, { placedBefore: midnight }), [first]);
  const placedBefore = '2026-03-01T00:00:00.0005Z';
  assert.deepEqual(await idsOf(userId, { placedFrom: midnight, placedBefore }), [second]);
});

test('a time that is not in the calendar is the fault of whoever sent it', async () => {
  const times = [
    '2026-13-45T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T23:59:60Z',
    '2026-01-01T25:00:00.123456789Z',
    '0000-01-01T00:00:00Z',
  ];
  for (const time of times) {
    for (const field of ['placedFrom', 'placedBefore'] as const) {
      const list = orders.listOrders({ [field]: time }, callByStaff());
      // oxlint-disable-next-line no-await-in-loop -- a table
      await assert.rejects(list, refusal('invalid', `/${field}`));
    }
  }
});

test('the first and the last time there is, and a leap day, are fine', async () => {
  const userId = randomUUID();
  const { id } = await addOrder({ userId, placedAt: '2024-02-29T12:00:00Z' });
  const ends = {
    placedFrom: '0001-01-01T00:00:00Z',
    placedBefore: '9999-12-31T23:59:59.999999999Z',
  };
  assert.deepEqual(await idsOf(userId, ends), [id]);
  assert.deepEqual(await idsOf(userId, { placedFrom: '2024-02-29T12:00:00Z' }), [id]);
});

test('a cursor fits the list it is from, and no other', async () => {
  const userId = randomUUID();
  await Promise.all([addOrder({ userId }), addOrder({ userId })]);
  const { nextCursor: cursor = '' } = await orders.listOrders({ limit: 1 }, callByUser(userId));

  const next = await orders.listOrders({ limit: 1, cursor }, callByUser(userId));
  assert.equal(next.items.length, 1);
  const others = [
    orders.listOrders({ cursor }, callByUser(randomUUID())),
    orders.listOrders({ cursor }, callByStaff()),
    orders.listOrders({ cursor, status: 'confirmed' }, callByUser(userId)),
    orders.listOrders({ cursor, productId: 'ring' }, callByUser(userId)),
  ];
  const refused = refusal('invalid', '/cursor');
  await Promise.all(others.map((list) => assert.rejects(list, refused)));
});
