import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { createMetrics } from '../platform/metrics.ts';
import { callBy, callByStaff } from '../testing/call.ts';
import { createCustomers } from './customers.ts';
import type { Users } from './parts.ts';
import { away } from './testing-faults.ts';
import { active, everybody, freshShop } from './testing-shop.ts';

const metrics = createMetrics();
const shop = await freshShop();

/** Users as the test has it, and what it was asked. */
function accounts(getUsers: Users['getUsers'] = everybody) {
  const asked: string[][] = [];
  const users: Users = {
    getUsers(input, call) {
      asked.push(input.ids);
      return getUsers(input, call);
    },
  };
  return { asked, users, expectActive: createCustomers({ users, metrics }) };
}

/** A clock that the test can put forward. */
function stoppable(t: TestContext) {
  const real = performance.now.bind(performance);
  let laterMs = 0;
  t.mock.method(performance, 'now', () => real() + laterMs);
  return (ms: number) => {
    laterMs += ms;
  };
}

test('everybody who orders in one moment is asked for at once, and once each', async () => {
  const { asked, expectActive } = accounts();
  const ids = Array.from({ length: 30 }, () => randomUUID());
  await Promise.all([...ids, ...ids].map((id) => expectActive(id, callBy())));
  assert.deepEqual(asked, [ids]);
});

test('who is known is not asked for again for five seconds, then is', async (t) => {
  const later = stoppable(t);
  const { asked, expectActive } = accounts();
  const id = randomUUID();
  await expectActive(id, callBy());
  later(4_900);
  await expectActive(id, callBy());
  assert.equal(asked.length, 1);
  later(200);
  await expectActive(id, callBy());
  assert.equal(asked.length, 2);
});

test('the five seconds count from the question, not from the answer', async (t) => {
  const later = stoppable(t);
  const { asked, expectActive } = accounts(async (input, call) => {
    later(4_000);
    return everybody(input, call);
  });
  const id = randomUUID();
  await expectActive(id, callBy());
  later(1_100);
  await expectActive(id, callBy());
  assert.equal(asked.length, 2);
});

test('who is not known or is disabled is refused; the neighbours are not', async () => {
  const [fine, disabled, unknown] = [randomUUID(), randomUUID(), randomUUID()];
  const { expectActive } = accounts(async () => ({
    users: [{ ...active(disabled), disabled: true }, active(fine)],
  }));
  const asking = [fine, disabled, unknown].map((id) => expectActive(id, callBy()));
  const [good, barred, missing] = await Promise.allSettled(asking);

  assert.equal(good?.status, 'fulfilled');
  assert.partialDeepStrictEqual(refusalOf(barred), { code: 'forbidden' });
  assert.partialDeepStrictEqual(refusalOf(missing), { code: 'notFound' });
});

function refusalOf(result: PromiseSettledResult<unknown> | undefined): object {
  assert.equal(result?.status, 'rejected');
  return { code: (result.reason as { code: string }).code };
}

test('when users is away nobody is let through, and nobody is remembered as refused', async () => {
  let isAway = true;
  const { expectActive } = accounts((input, call) => {
    if (isAway) throw away();
    return everybody(input, call);
  });
  const id = randomUUID();
  await assert.rejects(expectActive(id, callBy()), { code: 'unavailable' });
  isAway = false;
  await expectActive(id, callBy());
});

test('who is remembered may order while users is away', async () => {
  let isAway = false;
  const { expectActive } = accounts((input, call) => {
    if (isAway) throw away();
    return everybody(input, call);
  });
  const id = randomUUID();
  await expectActive(id, callBy());
  isAway = true;
  await expectActive(id, callBy());
});

test('an order that is refused for its user leaves no trace, and may be placed later', async (t) => {
  const later = stoppable(t);
  const product = await shop.addProduct(10);
  const userId = randomUUID();
  const wish = { userId, key: 'a key', lines: { [product]: 1 } };
  let found: Awaited<ReturnType<Users['getUsers']>>['users'] = [];
  const { users } = accounts(async () => ({ users: found }));
  const { placeOrder, place } = shop.replica(0, {}, { users });
  const forUser = { lines: [{ productId: product, quantity: 1 }], userId, idempotencyKey: 'a key' };

  await assert.rejects(placeOrder(forUser, callByStaff()), { code: 'notFound' });
  later(5_001);
  found = [{ ...active(userId), disabled: true }];
  await assert.rejects(place(wish), { code: 'forbidden' });
  assert.deepEqual(await shop.stockOf(product), [10, 0]);
  assert.deepEqual(await shop.batchesOnHold(), []);
  assert.deepEqual(await shop.orders.rows({ name: 'any', text: 'select from orders.orders' }), []);

  later(5_001);
  found = [active(userId)];
  assert.equal((await place(wish)).status, 201);
});

test('a user who was disabled may order for five seconds, and not afterwards', async (t) => {
  const later = stoppable(t);
  const product = await shop.addProduct(10);
  const userId = randomUUID();
  let disabled = false;
  const { users } = accounts(async () => ({ users: [{ ...active(userId), disabled }] }));
  const { place } = shop.replica(0, {}, { users });
  const wish = () => ({ userId, key: randomUUID(), lines: { [product]: 1 } });

  await place(wish());
  disabled = true;
  later(4_800);
  assert.equal((await place(wish())).status, 201);
  later(300);
  await assert.rejects(place(wish()), { code: 'forbidden' });
  assert.deepEqual(await shop.contradictions(), []);
  assert.deepEqual(await shop.stockOf(product), [8, 2]);
});
