import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { atOnce } from '../catalog/fixture.ts';
import { callBy, callByStaff, callByUser } from '../testing/call.ts';
import { freshOrders, aShortLine } from './fixture.ts';
import { orderIdOf } from './ids.ts';

const shop = await freshOrders();
const { orders, addOrder, behindInsert } = shop;
const byCatalog = () => callBy({ kind: 'service', name: 'catalog' });

const rowUnder = {
  name: 'rowUnder',
  text: `select status, user_id as "userId", idem_key as "key", placed_by as "placedBy",
      request_id as "requestId" from orders.orders where id = $1::uuid`,
};

const sameKeyTwice = {
  name: 'sameKeyTwice',
  text: `select 1 from orders.orders where idem_key is not null
    group by user_id, idem_key having count(*) > 1`,
};

const verdictOn = async (...orderIds: string[]) => {
  const { verdicts } = await orders.resolve({ orderIds }, byCatalog());
  return verdicts.map(({ verdict }) => verdict);
};

test('gives the verdict that is there, and makes an end of what is not', async () => {
  const [c, j, v, x, f] = await Promise.all(
    (['C', 'J', 'V', 'X', 'F'] as const).map((status) => addOrder({ status })),
  );
  const absent = randomUUID();
  const ids = [f, x, v, j, c].map((order) => order?.id ?? '');
  const call = byCatalog();
  const { verdicts } = await orders.resolve({ orderIds: [absent, ...ids, absent] }, call);

  assert.deepEqual(
    verdicts.map(({ orderId }) => orderId),
    [absent, ...ids],
  );
  const expected = ['void', 'fulfilled', 'cancelled', 'void', 'rejected', 'confirmed'];
  assert.deepEqual(
    verdicts.map(({ verdict }) => verdict),
    expected,
  );
  assert.deepEqual(await shop.database.rows(rowUnder, [absent]), [
    { status: 'V', userId: null, key: null, placedBy: null, requestId: call.requestId },
  ]);
  assert.deepEqual(await verdictOn(absent), ['void']);
});

test('a verdict waits for an order that is just being placed', async () => {
  const [placed, given] = [randomUUID(), randomUUID()];
  const asked = (id: string) => () => verdictOn(randomUUID(), id);
  assert.deepEqual(await behindInsert({ id: placed }, { work: asked(placed), end: 'commit' }), [
    'void',
    'confirmed',
  ]);
  assert.deepEqual(await behindInsert({ id: given }, { work: asked(given), end: 'rollback' }), [
    'void',
    'void',
  ]);
});

test('many who ask about the same orders, in any order, hear the same', async () => {
  const ids = Array.from({ length: 400 }, () => randomUUID());
  const answers = await Promise.all(
    atOnce(16, (i) => orders.resolve({ orderIds: i % 2 ? ids : ids.toReversed() }, byCatalog())),
  );
  for (const { verdicts } of answers) {
    assert.equal(verdicts.length, ids.length);
    assert.ok(verdicts.every(({ verdict }) => verdict === 'void'));
  }
});

test('as many ids as a call may name are resolved within its time', async () => {
  const orderIds = Array.from({ length: 20_480 }, () => randomUUID());
  const first = await orders.resolve({ orderIds }, byCatalog());
  const second = await orders.resolve({ orderIds }, byCatalog());
  assert.equal(first.verdicts.length, orderIds.length);
  assert.deepEqual(second, first);
});

test('an abort before the order makes an end of its key, as often as it is sent', async () => {
  const userId = randomUUID();
  const call = callByUser(userId);
  const answers = await Promise.all(atOnce(20, () => orders.abortOrder({ key: 'k1' }, call)));

  for (const answer of answers) assert.deepEqual(answer, { outcome: 'voided' });
  const id = orderIdOf(userId, 'k1');
  assert.deepEqual(await shop.database.rows(rowUnder, [id]), [
    { status: 'V', userId, key: 'k1', placedBy: userId, requestId: call.requestId },
  ]);
  assert.deepEqual(await verdictOn(id), ['void']);
  assert.deepEqual(await shop.database.rows(sameKeyTwice), []);
});

test('an abort after the order says what was ordered, whatever became of it', async () => {
  const userId = randomUUID();
  for (const status of ['C', 'X', 'F'] as const) {
    const key = `key of ${status}`.replaceAll(' ', '-');
    // oxlint-disable-next-line no-await-in-loop -- a table of three
    const { id } = await addOrder({ id: orderIdOf(userId, key), userId, key, status });
    // oxlint-disable-next-line no-await-in-loop -- a table of three
    const answer = await orders.abortOrder({ key }, callByUser(userId));
    // oxlint-disable-next-line no-await-in-loop -- a table of three
    const order = await orders.getOrder({ id }, callByUser(userId));
    assert.deepEqual(answer, { outcome: 'ordered', order });
  }
});

test('an abort after a refusal is refused in the same way', async () => {
  const userId = randomUUID();
  const id = orderIdOf(userId, 'short');
  await addOrder({ id, userId, key: 'short', status: 'J' });
  await assert.rejects(orders.abortOrder({ key: 'short' }, callByUser(userId)), {
    code: 'outOfStock',
    message: 'Not enough stock: ring (asked 2, available 1)',
    details: { lines: [aShortLine] },
  });
});

test('an abort waits for an order that is just being placed', async () => {
  const userId = randomUUID();
  const [placed, given] = [orderIdOf(userId, 'placed'), orderIdOf(userId, 'given')];
  const abort = (key: string) => () => orders.abortOrder({ key }, callByUser(userId));

  const found = await behindInsert(
    { id: placed, userId },
    { work: abort('placed'), end: 'commit' },
  );
  assert.equal(found.outcome, 'ordered');
  assert.equal(found.order?.id, placed);
  const none = await behindInsert({ id: given, userId }, { work: abort('given'), end: 'rollback' });
  assert.deepEqual(none, { outcome: 'voided' });
});

test('the key of another is another key, and only staff abort for others', async () => {
  const [mine, theirs] = [randomUUID(), randomUUID()];
  await addOrder({ id: orderIdOf(theirs, 'k'), userId: theirs, key: 'k' });

  assert.deepEqual(await orders.abortOrder({ key: 'k' }, callByUser(mine)), { outcome: 'voided' });
  const foreign = orders.abortOrder({ key: 'k', userId: theirs }, callByUser(mine));
  await assert.rejects(foreign, { code: 'forbidden' });
  const own = await orders.abortOrder({ key: 'k', userId: mine }, callByUser(mine));
  assert.equal(own.outcome, 'voided');
  const staff = await orders.abortOrder({ key: 'k', userId: theirs }, callByStaff());
  assert.equal(staff.outcome, 'ordered');
});
