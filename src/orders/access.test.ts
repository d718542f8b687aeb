import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Call } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import { callBy, callByStaff, callByUser } from '../testing/call.ts';
import { callByKey } from '../users/fixture.ts';
import { ownerFor, signedIn } from './access.ts';
import { freshOrders } from './fixture.ts';

const { orders, addOrder } = await freshOrders();

/** How everything is answered that one caller asks about the order of another. */
async function answersTo(call: Call): Promise<Record<keyof typeof orders, string>> {
  const { id, userId } = await addOrder();
  const answerOf = async (work: Promise<unknown>) =>
    work.then(
      () => 'ok',
      (error: unknown) => (error instanceof AppError ? error.code : String(error)),
    );
  return {
    getOrder: await answerOf(orders.getOrder({ id }, call)),
    listOrders: await answerOf(orders.listOrders({}, call)),
    getOrderHistory: await answerOf(orders.getOrderHistory({ id }, call)),
    abortOrder: await answerOf(orders.abortOrder({ key: randomUUID(), userId }, call)),
    cancelOrder: await answerOf(orders.cancelOrder({ id }, call)),
    fulfilOrder: await answerOf(orders.fulfilOrder({ id: (await addOrder()).id }, call)),
    resolve: await answerOf(orders.resolve({ orderIds: [id] }, call)),
  };
}

const reading = { getOrder: 'ok', listOrders: 'ok', getOrderHistory: 'ok' };
const writing = { abortOrder: 'ok', cancelOrder: 'ok', fulfilOrder: 'ok' };
const noReading = {
  getOrder: 'forbidden',
  listOrders: 'forbidden',
  getOrderHistory: 'forbidden',
};
const noWriting = { abortOrder: 'forbidden', cancelOrder: 'forbidden', fulfilOrder: 'forbidden' };

const unauthorized = {
  getOrder: 'unauthorized',
  listOrders: 'unauthorized',
  getOrderHistory: 'unauthorized',
  abortOrder: 'unauthorized',
  cancelOrder: 'unauthorized',
  fulfilOrder: 'unauthorized',
};

test('asks the anonymous to sign in', async () => {
  assert.deepEqual(await answersTo(callBy()), { ...unauthorized, resolve: 'unauthorized' });
});

test('a service has no orders; it may ask what became of those of others', async () => {
  const call = callBy({ kind: 'service', name: 'catalog' });
  assert.deepEqual(await answersTo(call), { ...unauthorized, resolve: 'ok' });
});

test('lets nobody but staff see or touch the order of another', async () => {
  const expected = {
    getOrder: 'notFound',
    listOrders: 'ok',
    getOrderHistory: 'notFound',
    abortOrder: 'forbidden',
    cancelOrder: 'notFound',
    fulfilOrder: 'forbidden',
    resolve: 'forbidden',
  };
  assert.deepEqual(await answersTo(callByUser(randomUUID())), expected);
  assert.deepEqual(await answersTo(callByUser(randomUUID(), 'courier')), expected);
  const scopes = ['orders:read', 'orders:write'];
  assert.deepEqual(await answersTo(callByKey(randomUUID(), scopes)), expected);
});

test('lets staff do all but what is internal', async () => {
  assert.deepEqual(await answersTo(callByStaff()), {
    ...reading,
    ...writing,
    resolve: 'forbidden',
  });
});

test('holds an API key to its scopes, even that of staff', async () => {
  const answers = (...scopes: string[]) => answersTo(callByKey(randomUUID(), scopes, 'staff'));
  const resolve = 'forbidden';
  assert.deepEqual(await answers('orders:read'), { ...reading, ...noWriting, resolve });
  assert.deepEqual(await answers('orders:write'), { ...noReading, ...writing, resolve });
  assert.deepEqual(await answers('users:read'), { ...noReading, ...noWriting, resolve });
});

test('an order is for whoever asks, unless staff say for whom', () => {
  const [mine, theirs] = [randomUUID(), randomUUID()];
  const customer = signedIn(callByUser(mine), 'orders:write');
  const staff = signedIn(callByStaff(mine), 'orders:write');

  assert.equal(ownerFor(customer, undefined), mine);
  assert.equal(ownerFor(customer, mine), mine);
  assert.throws(() => ownerFor(customer, theirs), { code: 'forbidden' });
  assert.equal(ownerFor(staff, undefined), mine);
  assert.equal(ownerFor(staff, theirs), theirs);
});
