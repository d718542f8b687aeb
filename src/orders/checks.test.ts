import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constraintOf } from '../platform/database.ts';
import { fieldsOf, freshOrders, insertOrder, valuesOf } from './fixture.ts';
import type { Letter } from './order-row.ts';

const { database, addOrder } = await freshOrders();

const change = (column: string, value: string) => ({
  name: `change ${column} to ${value}`,
  text: `update orders.orders set ${column} = ${value} where id = $1::uuid`,
});

/** Refused by a constraint, and for no other mistake. */
const againstConstraint = (error: unknown) => constraintOf(error) !== undefined;

test('every verdict can be written', async () => {
  const letters: Letter[] = ['C', 'J', 'V', 'X', 'F'];
  await Promise.all(letters.map((status) => addOrder({ status })));
});

test('what was ordered has a number, an owner, a fingerprint, lines and a total', async () => {
  const letters: Letter[] = ['C', 'X', 'F'];
  const rows = await Promise.all(letters.map((status) => addOrder({ status })));
  for (const column of ['number', 'user_id', 'fp', 'lines', 'total_cents']) {
    const tries = rows.map(({ id }) => database.rows(change(column, 'null'), [id]));
    // oxlint-disable-next-line no-await-in-loop -- a table of five
    await Promise.all(tries.map((attempt) => assert.rejects(attempt, againstConstraint)));
  }
});

test('an order is closed exactly when it has a time of closing', async () => {
  const open = await addOrder();
  const closed = await addOrder({ status: 'X' });
  const rejected = await addOrder({ status: 'J' });
  const attempts = [
    database.rows(change('closed_at', 'now()'), [open.id]),
    database.rows(change('status', `'F'`), [open.id]),
    database.rows(change('closed_at', 'null'), [closed.id]),
    database.rows(change('status', `'C'`), [closed.id]),
    database.rows(change('closed_at', 'now()'), [rejected.id]),
  ];
  await Promise.all(attempts.map((attempt) => assert.rejects(attempt, againstConstraint)));
});

test('a rejected or void row cannot become an order that lacks what an order has', async () => {
  const rows = await Promise.all([addOrder({ status: 'J' }), addOrder({ status: 'V' })]);
  const tries = rows.map(({ id }) => database.rows(change('status', `'C'`), [id]));
  await Promise.all(tries.map((attempt) => assert.rejects(attempt, againstConstraint)));
});

test('there is no sixth verdict, no second row under an id, no second number', async () => {
  const first = await addOrder();
  const second = await addOrder();
  const attempts = [
    database.rows(change('status', `'P'`), [first.id]),
    database.rows(insertOrder, valuesOf(fieldsOf({ id: first.id, status: 'V' }))),
    database.rows(change('number', String(second.number)), [first.id]),
  ];
  await Promise.all(attempts.map((attempt) => assert.rejects(attempt, againstConstraint)));
});
