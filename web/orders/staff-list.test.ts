import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filtersOf, fits, localOf, orderNameOf, timeOf } from './staff-filters.ts';
import { enter, rowsMax } from './staff-list.ts';
import type { Order } from './status-badge.tsx';

const alice = '00000000-0000-4000-8000-000000000001';

const orderOf = (number: number, fields: Partial<Order> = {}): Order => ({
  id: `id-${number}`,
  number: `ORD${String(number).padStart(4, '0')}`,
  userId: alice,
  status: 'confirmed',
  lines: [{ productId: 'pizza', title: 'Pizza', quantity: 1, unitPriceCents: 100 }],
  totalCents: 100,
  currency: 'EUR',
  placedAt: '2026-01-01T12:00:00.000Z',
  version: '1',
  ...fields,
});

const numbers = (orders: readonly Order[]) => orders.map(({ number }) => number);

test('what is new stands on top, also where numbers have grown longer', () => {
  const list = enter([orderOf(9_998)], [orderOf(10_001), orderOf(9_999)], {});
  assert.deepEqual(numbers(list), ['ORD10001', 'ORD9999', 'ORD9998']);
});

test('an older version of an order does not replace a newer one', () => {
  const cancelled = orderOf(1, { status: 'cancelled', version: '2' });
  assert.deepEqual(enter([cancelled], [orderOf(1)], {}), [cancelled]);
  assert.deepEqual(enter([orderOf(1)], [cancelled], {}), [cancelled]);
});

test('what no longer fits the filters leaves the list, and what never did stays out', () => {
  const filters = { status: 'confirmed' } as const;
  const news = [
    orderOf(1, { status: 'fulfilled', version: '2' }),
    orderOf(3, { status: 'cancelled' }),
  ];
  assert.deepEqual(numbers(enter([orderOf(2), orderOf(1)], news, filters)), ['ORD0002']);
});

test('the list has an end', () => {
  const news = Array.from({ length: rowsMax + 5 }, (_, i) => orderOf(i + 1));
  const list = enter([], news, {});
  assert.equal(list.length, rowsMax);
  assert.equal(list[0]?.number, `ORD0${rowsMax + 5}`);
});

test('filters agree with what Bazar lists: from is in, before is out', () => {
  const order = orderOf(1);
  assert.ok(fits(order, { placedFrom: '2026-01-01T12:00:00Z' }));
  assert.ok(!fits(order, { placedBefore: '2026-01-01T12:00:00Z' }));
  assert.ok(fits(order, { productId: 'pizza', userId: alice }));
  assert.ok(!fits(order, { productId: 'kebab' }));
});

test('what nobody could mean is not asked for', () => {
  const odd = 'status=lost&userId=me&productId=a%20b&placedFrom=yesterday';
  assert.deepEqual(Object.values(filtersOf(new URLSearchParams(odd))).filter(Boolean), []);
  const good = filtersOf(new URLSearchParams(`status=cancelled&userId=${alice}&productId=P1`));
  assert.deepEqual([good.status, good.userId, good.productId], ['cancelled', alice, 'P1']);
});

test('a local time becomes one in UTC, and comes back', () => {
  const local = '2026-07-01T09:30';
  assert.match(timeOf(local) ?? '', /^2026-0[67]-\d\dT\d\d:\d\d:00\.000Z$/);
  assert.equal(localOf(timeOf(local)), local);
  assert.equal(timeOf(''), undefined);
});

test('an order is found by what people call it', () => {
  assert.deepEqual(['42', 'ord0042', ' ORD0042 ', alice].map(orderNameOf), [
    'ORD0042',
    'ORD0042',
    'ORD0042',
    alice,
  ]);
  assert.equal(orderNameOf('the blue one'), undefined);
});
