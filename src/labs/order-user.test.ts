import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, expectStatus } from '../testing/http.ts';
import { callByStaff } from '../testing/call.ts';
import { testServer } from '../testing/server.ts';
import type { LabParts } from './lab.ts';
import { lab as orderUser } from './order-user.ts';
import { createTranscript, startLab } from './testing-lab.ts';

type User = { id: string; name: string; email: string };
type Order = { id: string; user_id: string; items: string[]; total: number };

const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** The lab on a database of its own. */
async function openLab() {
  const lab = await startLab('order-user');
  const [users, orders] = [lab.ask('users'), lab.ask('orders')];
  const join = async (name: string): Promise<string> => {
    const body = { name, email: `${name.toLowerCase()}@example.com` };
    return (expectStatus(await users('POST /users', { body }), 201).body as User).id;
  };
  const order = (body: object, headers: Record<string, string> = {}) =>
    orders('POST /orders', { body, headers });
  return { ...lab, users, orders, join, order };
}

const lab = await openLab();

test('plays the calls of the document, with the answers that it prints', async () => {
  const { users, orders } = await openLab();
  const page = createTranscript('order-user.md');
  const on = (ask: typeof users, port: number) => async (what: string, raw?: string) => {
    const [method, path] = what.split(' ');
    const answer = await ask(what, raw === undefined ? {} : { raw });
    return page.note(`${method} localhost:${port}${path} ${raw ?? ''}`.trim(), answer);
  };
  const [toUsers, toOrders] = [on(users, 5000), on(orders, 5001)];
  const expect = (answer: Answer, status: number, text: string) =>
    assert.deepEqual([answer.status, answer.text], [status, text]);

  const mario = '{"name":"Mario Rossi","email":"mario@example.com"}';
  const shownMario = '{"id":"1","name":"Mario Rossi","email":"mario@example.com"}';
  expect(await toUsers('POST /users', mario), 201, shownMario);
  expect(await toUsers('GET /users/1'), 200, shownMario);
  const pizza = '{"user_id":"1","items":["pizza"],"total":10.50}';
  const shownPizza = '{"id":"1","user_id":"1","items":["pizza"],"total":10.5}';
  expect(await toOrders('POST /orders', pizza), 201, shownPizza);
  expect(await toOrders('GET /orders/1'), 200, shownPizza);
  const two = '{"user_id":"1","items":["pizza","kebab","pizza"]}';
  const shownTwo = '{"id":"2","user_id":"1","items":["pizza","pizza","kebab"],"total":29}';
  expect(await toOrders('POST /orders', two), 201, shownTwo);
  expect(await toUsers('GET /users/7'), 404, '{"message":"User not found"}');
  expect(await toOrders('GET /orders/7'), 404, '{"message":"Order not found"}');
  const ofNobody = '{"user_id":"7","items":["pizza"],"total":10.50}';
  expect(await toOrders('POST /orders', ofNobody), 404, '{"message":"User not found"}');
  const burger = '{"user_id":"1","items":["burger"]}';
  expect(await toOrders('POST /orders', burger), 404, '{"message":"Product not found: burger"}');
  expect(
    await toOrders('POST /orders', '{"user_id":"1","items":["pizza"],"total":1}'),
    422,
    '{"message":"total is 1, but the items cost 10.5","total":1,"computed_total":10.5}',
  );
  const taken = '{"message":"This e-mail address is taken"}';
  expect(await toUsers('POST /users', mario), 409, taken);
  await page.expectOnPage();
});

test('users and orders that are created at once have ids of their own', async () => {
  const { users } = lab;

  const made = await Promise.all(
    times(24, (i) =>
      users('POST /users', { body: { name: `Ann ${i}`, email: `ann${i}@example.com` } }),
    ),
  );
  const people = made.map((answer) => expectStatus(answer, 201).body as User);
  const placed = await Promise.all(
    people.flatMap(({ id }) => times(2, () => lab.order({ user_id: id, items: ['kebab'] }))),
  );
  const orders = placed.map((answer) => expectStatus(answer, 201).body as Order);

  assert.equal(new Set(people.map(({ id }) => id)).size, 24);
  assert.equal(new Set(orders.map(({ id }) => id)).size, 48);
  const read = await Promise.all([
    ...people.map(({ id }) => users(`GET /users/${id}`)),
    ...orders.map(({ id }) => lab.orders(`GET /orders/${id}`)),
  ]);
  assert.deepEqual(
    read.map(({ body }) => body),
    [...people, ...orders],
  );
});

test('the total is what the catalog says, to the cent', async () => {
  const user_id = await lab.join('Bea');
  const dear = { user_id, items: ['Laptop', 'p002', 'LAPTOP', 'usb-c cable', 'P001'] };

  const agreed = await lab.order({ ...dear, total: 3_045.95 });
  const near = await lab.order({ ...dear, total: 3_045.951 });
  const unsaid = await lab.order(dear);

  const items = ['Laptop', 'Laptop', 'Laptop', 'Wireless Mouse', 'USB-C Cable'];
  const { id } = expectStatus(agreed, 201).body as Order;
  assert.deepEqual(agreed.body, { id, user_id, items, total: 3_045.95 });
  assert.equal((expectStatus(unsaid, 201).body as Order).total, 3_045.95);
  const { total, computed_total } = expectStatus(near, 422).body as Record<string, unknown>;
  assert.deepEqual([total, computed_total], [3_045.951, 3_045.95]);
});

test('an order that is sent again with its key is one order, and another total is another one', async () => {
  const user_id = await lab.join('Cem');
  const body = { user_id, items: ['pizza'], total: 10.5 };
  const key = { 'idempotency-key': 'dinner' };

  const first = expectStatus(await lab.order(body, key), 201);
  const again = expectStatus(await lab.order(body, key), 201);

  assert.deepEqual([again.body, again.headers['idempotency-replayed']], [first.body, 'true']);
  expectStatus(await lab.order({ ...body, total: 9 }, key), 422);
  expectStatus(await lab.order({ ...body, items: ['kebab'], total: 8 }, key), 422);
  assert.deepEqual((await lab.orders(`GET /orders/${idOf(first)}`)).body, first.body);
});

test('a key under which a total was refused orders nothing any more', async () => {
  const user_id = await lab.join('Dora');
  const key = { 'idempotency-key': 'lunch' };
  const refused = await lab.order({ user_id, items: ['pizza'], total: 1 }, key);
  const later = await lab.order({ user_id, items: ['pizza'], total: 10.5 }, key);
  assert.deepEqual([refused.status, later.status], [422, 409]);
});

test('an order is called off when its price has changed while it was placed', async () => {
  const cancelled: string[] = [];
  const order = { id: 'an id', number: 'ORD0001', userId: 'ann', totalCents: 1_100 };
  const services = {
    users: { getUsersByNumber: async () => ({ users: [{ id: 'ann' }] }) },
    catalog: { getProduct: async () => ({ id: 'pizza', unitPriceCents: 1_050 }) },
    orders: {
      placeOrder: async () => order,
      cancelOrder: async ({ id }: { id: string }) => cancelled.push(id),
    },
  };
  const call = async () => callByStaff();
  const parts = { services, asStaff: call, asService: call } as unknown as LabParts;
  const doors = await orderUser.start(parts);
  const app = testServer();
  doors.find(({ name }) => name === 'orders')?.open(app);

  const body = { user_id: '1', items: ['pizza'], total: 10.5 };
  const answer = await app.inject({ method: 'POST', url: '/orders', payload: body });

  const { total, computed_total } = answer.json<Record<string, number>>();
  assert.deepEqual([answer.statusCode, total, computed_total], [422, 10.5, 11]);
  assert.deepEqual(cancelled, ['an id']);
});

test('refuses what is not in its form, in the words of the original', async () => {
  const { users, orders } = lab;
  const user = { name: 'Eli', email: 'eli@example.com' };
  const order = { user_id: await lab.join('Fred'), items: ['pizza'] };
  const names = times(101, (i) => `p${i}`);
  const post = 'POST /orders';
  const cases = [
    [users, 'POST /users', { body: { email: user.email } }, 400, /^name is missing/],
    [users, 'POST /users', { body: { ...user, name: 'E\nli' } }, 400, /^name must be without/],
    [users, 'POST /users', { body: { ...user, email: 'eli' } }, 400, /^email must be an e-mail/],
    [users, 'POST /users', { raw: '{}}' }, 400, /not JSON/],
    [users, 'GET /users', {}, 405, /Use POST here/],
    [users, 'GET /users/x', {}, 404, /^User not found$/],
    [orders, 'GET /orders', {}, 405, /Use POST here/],
    [orders, 'GET /orders/01', {}, 404, /^Order not found$/],
    [orders, post, { body: { ...order, user_id: 1 } }, 400, /^user_id must be string/],
    [orders, post, { body: { ...order, user_id: '1; --' } }, 404, /^User not found$/],
    [orders, post, { body: { ...order, items: [] } }, 400, /^items must NOT have fewer/],
    [orders, post, { body: { ...order, items: 'pizza' } }, 400, /^items must be array/],
    [orders, post, { body: { ...order, items: [7] } }, 400, /^items\/0 must be string/],
    [orders, post, { body: { ...order, items: names } }, 400, /^items must not name more than 100/],
    [orders, post, { body: { ...order, total: '10.50' } }, 400, /^total must be number/],
    [orders, post, { body: { ...order, total: -1 } }, 400, /^total must be >= 0/],
    [orders, post, { body: { ...order, total: null } }, 400, /^total must be number/],
    [orders, post, { raw: '{"items":["\\u0000"],"user_id":"1"}' }, 400, /NUL/],
    [orders, post, { body: { ...order, items: Array(1_000).fill('P004') } }, 409, /^Not enough/],
  ] as const;

  await Promise.all(
    cases.map(async ([ask, what, content, status, message]) => {
      const answer = await ask(what, content);
      const said = `${what} ${JSON.stringify(content).slice(0, 200)}: ${answer.text}`;
      assert.equal(answer.status, status, said);
      assert.deepEqual(Object.keys(answer.body as object), ['message'], said);
      assert.match((answer.body as { message: string }).message, message, said);
    }),
  );
});

function idOf({ body }: Answer): string {
  return (body as { id: string }).id;
}
