import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { atOnce, outcomes } from '../catalog/fixture.ts';
import { callByStaff, callByUser } from '../testing/call.ts';
import { refusal } from '../users/fixture.ts';
import { freshOrders } from './fixture.ts';

const shop = await freshOrders();
const { orders, addOrder, outbox } = shop;

const closeSlowly = {
  name: 'closeSlowly',
  text: `update orders.orders set status = $2::"char", closed_at = now() where id = $1::uuid`,
};

/** Begins the work while somebody else has closed the order and not yet committed. */
async function behindClose<T>(id: string, status: 'X' | 'F', work: () => Promise<T>): Promise<T> {
  const { started } = await shop.database.transaction(async (transaction) => {
    await transaction.rows(closeSlowly, [id, status]);
    const promise = work();
    promise.catch(() => undefined);
    await shop.untilBlocked();
    // Wrapped, because the work can only end after this transaction.
    return { started: promise };
  });
  return started;
}

test('cancels an order of the caller, by its id or its number, and leaves word', async () => {
  const byId = await addOrder();
  const byNumber = await addOrder({ userId: byId.userId });
  const toldBefore = shop.told();

  const call = callByUser(byId.userId);
  const cancelled = await orders.cancelOrder({ id: byId.id }, call);
  const other = await orders.cancelOrder({ id: byNumber.ref }, call);

  assert.equal(cancelled.status, 'cancelled');
  assert.equal(cancelled.cancelledAt, '2026-06-01T12:00:00.000Z');
  assert.equal(cancelled.version, '2');
  assert.equal('fulfilledAt' in cancelled, false);
  assert.deepEqual(cancelled, await orders.getOrder({ id: byId.ref }, call));
  assert.equal(other.id, byNumber.id);
  assert.deepEqual(
    (await outbox(byId.id)).map(({ kind, orderIds }) => ({ kind, orderIds })),
    [{ kind: 'cancelled', orderIds: [byId.id] }],
  );
  assert.equal(shop.told() - toldBefore, 2);
});

test('staff fulfil any order, and the history says who it was', async () => {
  const { id, ref, userId } = await addOrder();
  const staff = callByStaff();
  const order = await orders.fulfilOrder({ id: ref }, staff);

  assert.equal(order.fulfilledAt, '2026-06-01T12:00:00.000Z');
  assert.deepEqual(
    (await outbox(id)).map(({ kind }) => kind),
    ['fulfilled'],
  );
  const { items } = await orders.getOrderHistory({ id }, callByUser(userId));
  const by = staff.caller.kind === 'user' ? staff.caller.id : '';
  assert.deepEqual(items[1], {
    status: 'fulfilled',
    at: '2026-06-01T12:00:00.000Z',
    byUserId: by,
    requestId: staff.requestId,
    traceId: staff.trace.traceId,
  });
});

test('to cancel or fulfil again changes nothing and says nothing twice', async () => {
  const { id, userId } = await addOrder();
  const first = await orders.cancelOrder({ id }, callByUser(userId));
  shop.setClock('2026-06-02T12:00:00Z');
  const told = shop.told();
  assert.deepEqual(await orders.cancelOrder({ id }, callByStaff()), first);
  const other = await addOrder({ status: 'F' });
  const again = await orders.fulfilOrder({ id: other.id }, callByStaff());
  assert.equal(again.fulfilledAt, other.closedAt);

  assert.equal((await outbox(id)).length, 1);
  assert.deepEqual(await outbox(other.id), []);
  assert.equal(shop.told(), told);
  shop.setClock('2026-06-01T12:00:00Z');
});

test('what was fulfilled is not cancelled, and what was cancelled is not fulfilled', async () => {
  const fulfilled = await addOrder({ status: 'F' });
  const cancelled = await addOrder({ status: 'X' });

  const cancel = orders.cancelOrder({ id: fulfilled.id }, callByUser(fulfilled.userId));
  await assert.rejects(cancel, { code: 'conflict', message: /fulfilled already/ });
  const fulfil = orders.fulfilOrder({ id: cancelled.id }, callByStaff());
  await assert.rejects(fulfil, { code: 'conflict', message: /was cancelled/ });
  assert.deepEqual(await outbox(fulfilled.id), []);
  assert.deepEqual(await outbox(cancelled.id), []);
});

test('nothing is closed that is not an order of theirs', async () => {
  const mine = randomUUID();
  const { id, ref } = await addOrder();
  const rejected = await addOrder({ userId: mine, status: 'J' });
  const voided = await addOrder({ userId: mine, status: 'V' });

  for (const named of [id, ref, randomUUID(), 'ORD999999', rejected.id, voided.id]) {
    // oxlint-disable-next-line no-await-in-loop -- a table of six
    await assert.rejects(orders.cancelOrder({ id: named }, callByUser(mine)), {
      code: 'notFound',
      message: 'There is no such order',
    });
  }
  for (const named of [rejected.id, voided.id, randomUUID()]) {
    // oxlint-disable-next-line no-await-in-loop -- a table of three
    await assert.rejects(orders.fulfilOrder({ id: named }, callByStaff()), refusal('notFound'));
  }
  assert.deepEqual(await outbox(id), []);
});

test('only staff fulfil, not even their own', async () => {
  const { id, userId } = await addOrder();
  await assert.rejects(orders.fulfilOrder({ id }, callByUser(userId)), refusal('forbidden'));
  await assert.rejects(
    orders.fulfilOrder({ id }, callByUser(userId, 'courier')),
    refusal('forbidden'),
  );
  assert.deepEqual(await outbox(id), []);
});

test('no order is closed before it was placed, whatever the clocks say', async () => {
  const placedAt = '2031-01-01T00:00:00.500Z';
  const { id } = await addOrder({ placedAt });
  const order = await orders.cancelOrder({ id }, callByStaff());
  assert.equal(order.cancelledAt, placedAt);
});

test('twenty who cancel at once all see one cancellation, told once', async () => {
  const { id, ref, userId } = await addOrder();
  const told = shop.told();
  const answers = await Promise.all(
    atOnce(20, (i) => orders.cancelOrder({ id: i % 2 ? id : ref }, callByUser(userId))),
  );
  assert.equal(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1);
  assert.equal((await outbox(id)).length, 1);
  assert.equal(shop.told() - told, 1);
});

test('of those who cancel and those who fulfil at once one kind wins, and is told once', async () => {
  const added = await Promise.all(atOnce(10, () => addOrder()));
  const results = await Promise.all(
    added.map(({ id }) =>
      Promise.allSettled(
        atOnce(6, (i) => orders[i % 2 ? 'cancelOrder' : 'fulfilOrder']({ id }, callByStaff())),
      ),
    ),
  );
  for (const result of results) assert.deepEqual(outcomes(result), { ok: 3, conflict: 3 });
  const rows = await Promise.all(added.map(({ id }) => outbox(id)));
  for (const [i, told] of rows.entries()) {
    assert.equal(told.length, 1);
    const winner = results[i]?.find(({ status }) => status === 'fulfilled');
    const order = winner?.status === 'fulfilled' ? winner.value : undefined;
    assert.equal(told[0]?.kind, order?.status);
  }
});

test('who has waited for another who closed it is told what was done', async () => {
  const [first, second] = [await addOrder(), await addOrder()];
  const repeated = await behindClose(first.id, 'X', () =>
    orders.cancelOrder({ id: first.id }, callByStaff()),
  );
  assert.equal(repeated.status, 'cancelled');
  const late = behindClose(second.id, 'F', () =>
    orders.cancelOrder({ id: second.id }, callByStaff()),
  );
  await assert.rejects(late, refusal('conflict'));
  assert.deepEqual(await outbox(first.id), []);
  assert.deepEqual(await outbox(second.id), []);
});
