import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, expectStatus } from '../testing/http.ts';
import { createTranscript, startLab } from './testing-lab.ts';

type Order = { id: number; product_name: string; quantity: number; user_id: number };

const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** The lab on a database of its own. */
async function openLab() {
  const lab = await startLab('users-orders');
  const [users, orders] = [lab.ask('users'), lab.ask('orders')];
  const join = async (username: string): Promise<number> => {
    const body = { username, email: `${username}@x.org` };
    return idIn(expectStatus(await users('POST /users', { body }), 200));
  };
  const order = (body: object, headers: Record<string, string> = {}) =>
    orders('POST /orders', { body, headers });
  const listed = async () => ((await orders('GET /orders')).body as { orders: Order[] }).orders;
  const ordersOf = async (userId: number) =>
    (await listed()).filter(({ user_id }) => user_id === userId);
  return { ...lab, users, orders, join, order, listed, ordersOf };
}

/** Where what was made can be read. */
function idIn({ headers }: Answer): number {
  return Number(headers['location']?.split('/').at(-1));
}

const lab = await openLab();

test('plays the calls of the document, with the answers that it prints', async () => {
  const { users, orders } = await openLab();
  const page = createTranscript('users-orders.md');
  const on = (ask: typeof users, port: number) => async (what: string, body?: object) => {
    const [method, path] = what.split(' ');
    const said = body ? ` ${JSON.stringify(body)}` : '';
    const answer = await ask(what, body && { body });
    return page.note(`${method} localhost:${port}${path}${said}`, answer);
  };
  const [toUsers, toOrders] = [on(users, 8000), on(orders, 8001)];
  const expect = (answer: Answer, status: number, text: string) =>
    assert.deepEqual([answer.status, answer.text], [status, text]);

  const anouk = { username: 'anouk', email: 'anouk@gmail.com' };
  expect(await toOrders('GET /orders'), 404, '{"message":"no orders found"}');
  expect(await toUsers('POST /users', anouk), 200, '{"message":"user created"}');
  expect(
    await toUsers('GET /users/1'),
    200,
    '{"user":{"email":"anouk@gmail.com","id":1,"username":"anouk"}}',
  );
  const pizza = { product_name: 'pizza', quantity: 2, user_id: 1 };
  const kebab = { product_name: 'kebab', quantity: 1, user_id: 1 };
  expect(await toOrders('POST /orders', pizza), 200, '{"message":"order created"}');
  expect(await toOrders('POST /orders', kebab), 200, '{"message":"order created"}');
  expect(
    await toOrders('GET /orders'),
    200,
    '{"orders":[{"id":1,"product_name":"pizza","quantity":2,"user_id":1},' +
      '{"id":2,"product_name":"kebab","quantity":1,"user_id":1}]}',
  );
  expect(
    await toOrders('GET /orders/1'),
    200,
    '{"order":{"id":1,"product_name":"pizza","quantity":2,"user_id":1}}',
  );
  expect(await toUsers('GET /users/7'), 404, '{"message":"user not found"}');
  expect(await toOrders('GET /orders/7'), 404, '{"message":"order not found"}');
  const ofNobody = { ...pizza, user_id: 7 };
  expect(await toOrders('POST /orders', ofNobody), 404, '{"message":"user not found"}');
  const burger = { ...pizza, product_name: 'burger' };
  expect(await toOrders('POST /orders', burger), 404, '{"message":"product not found"}');
  expect(await toUsers('POST /users', anouk), 409, '{"message":"This username is taken"}');
  const none = { ...pizza, quantity: 0 };
  expect(await toOrders('POST /orders', none), 400, '{"message":"quantity must be >= 1"}');
  const tooMuch = { ...pizza, quantity: 5_000 };
  expect(
    await toOrders('POST /orders', tooMuch),
    409,
    '{"message":"Not enough stock: pizza (asked 5000, available 998)"}',
  );
  await page.expectOnPage();
});

test('of many who create one user at once just one succeeds, and the others are told why', async () => {
  const { users } = lab;
  const create = (body: object) => users('POST /users', { body });

  const [names, mails] = await Promise.all([
    Promise.all(times(10, (i) => create({ username: 'eva', email: `eva${i}@x.org` }))),
    Promise.all(times(10, (i) => create({ username: `tom${i}`, email: 'tom@x.org' }))),
  ]);

  for (const [answers, message] of [
    [names, 'This username is taken'],
    [mails, 'This e-mail address is taken'],
  ] as const) {
    const [made, ...others] = answers.toSorted((a, b) => a.status - b.status);
    assert.deepEqual([made?.status, made?.body], [200, { message: 'user created' }]);
    for (const { status, body } of others) assert.deepEqual([status, body], [409, { message }]);
  }
});

test('parallel orders all count, each with an id of its own, and are listed in its order', async () => {
  const ids = await Promise.all(['ann', 'bob'].map(lab.join));

  const answers = await Promise.all(
    times(40, (i) => lab.order({ product_name: 'KEBAB', quantity: 1, user_id: ids[i % 2] })),
  );

  for (const answer of answers) expectStatus(answer, 200);
  const all = (await lab.listed()).filter(({ user_id }) => ids.includes(user_id));
  assert.deepEqual(
    all.map(({ id }) => id),
    answers.map(idIn).toSorted((a, b) => a - b),
  );
  assert.equal(new Set(all.map(({ id }) => id)).size, 40);
  assert.equal(all.filter(({ user_id }) => user_id === ids[0]).length, 20);
});

test('an order that is sent again with its key is one order', async () => {
  const userId = await lab.join('dan');
  const body = { product_name: 'pizza', quantity: 3, user_id: userId };
  const key = { 'idempotency-key': '"the-first"' };

  const answers = await Promise.all(times(10, () => lab.order(body, key)));
  const again = expectStatus(await lab.order(body, key), 200);
  const other = await lab.order({ ...body, quantity: 4 }, key);

  // Who comes while the first is still under way is told so.
  for (const { status, text } of answers) assert.ok(status === 200 || /being placed/.test(text));
  assert.deepEqual(again.body, { message: 'order created' });
  assert.equal(again.headers['idempotency-replayed'], 'true');
  expectStatus(other, 422);
  assert.deepEqual(await lab.ordersOf(userId), [{ id: idIn(again), ...body }]);
});

test('finds a product by its title or its id in any case', async () => {
  const userId = await lab.join('fay');
  const said = ['Pizza', ' pIZZA ', 'p001', 'wireless mouse', 'USB-C CABLE', 'rpcs for noobs', '3'];
  const book = 'how to get a good grade in dos in 40 minutes a day';

  const answers = await Promise.all(
    [...said, book].map((product_name) =>
      lab.order({ product_name, quantity: 1, user_id: userId }),
    ),
  );

  for (const answer of answers) expectStatus(answer, 200);
  const names = (await lab.ordersOf(userId)).map(({ product_name }) => product_name);
  assert.deepEqual(names.toSorted(), [
    'How to get a good grade in DOS in 40 minutes a day',
    'Laptop',
    'RPCs for Noobs',
    'USB-C Cable',
    'Wireless Mouse',
    'Xen and the Art of Surviving Undergraduate School',
    'pizza',
    'pizza',
  ]);
});

test('refuses what is not in its form, in the words of the original', async () => {
  const { users, orders } = lab;
  const userId = await lab.join('gus');
  const user = { username: 'tom', email: 'tom@x.org' };
  const order = { product_name: 'pizza', quantity: 1, user_id: userId };
  const cases = [
    [users, 'POST /users', { body: { ...user, username: undefined } }, 400, /^username is missing/],
    [users, 'POST /users', { body: { ...user, username: 'a b' } }, 400, /^username must be 1 to/],
    [users, 'POST /users', { body: { ...user, username: 'x'.repeat(81) } }, 400, /^username must/],
    [users, 'POST /users', { body: { ...user, email: 'tom' } }, 400, /^email must be an e-mail/],
    [users, 'POST /users', { body: { ...user, email: 7 } }, 400, /^email must be string/],
    [users, 'POST /users', { raw: '{"username":' }, 400, /not JSON/],
    [users, 'POST /users', { raw: '[]' }, 400, /must be object/],
    [users, 'POST /users', {}, 400, /must be object/],
    [users, 'POST /users', { raw: 'a', headers: { 'content-type': 'text/plain' } }, 415, /JSON/],
    [users, 'POST /users', { body: { ...user, more: 'x'.repeat(70_000) } }, 413, /too large/],
    [users, 'GET /users', {}, 405, /Use POST here/],
    [users, 'GET /users/abc', {}, 404, /^user not found$/],
    [users, 'GET /users/01', {}, 404, /^user not found$/],
    [users, `GET /users/${'9'.repeat(30)}`, {}, 404, /^user not found$/],
    [users, 'GET /nothing', {}, 404, /nothing at this path/],
    [orders, 'POST /orders', { body: { ...order, quantity: -1 } }, 400, /^quantity must be >= 1/],
    [orders, 'POST /orders', { body: { ...order, quantity: 1.5 } }, 400, /^quantity must be int/],
    [orders, 'POST /orders', { body: { ...order, quantity: '2' } }, 400, /^quantity must be int/],
    [orders, 'POST /orders', { body: { ...order, quantity: 1e9 } }, 400, /^quantity must be <=/],
    [orders, 'POST /orders', { body: { ...order, user_id: '1' } }, 400, /^user_id must be int/],
    [orders, 'POST /orders', { body: { ...order, user_id: -1 } }, 404, /^user not found$/],
    [orders, 'POST /orders', { body: { ...order, user_id: 9e15 } }, 404, /^user not found$/],
    [orders, 'POST /orders', { body: { ...order, product_name: '"; or' } }, 404, /^product not f/],
    [orders, 'POST /orders', { body: { ...order, product_name: ' ' } }, 404, /^product not found/],
    [orders, 'POST /orders', { body: { ...order, product_name: 'a b '.repeat(50) } }, 404, /^prod/],
    [
      orders,
      'POST /orders',
      { body: order, headers: { 'idempotency-key': 'ü' } },
      400,
      /Key must/i,
    ],
    [orders, 'GET /orders?cursor=x', {}, 400, /cursor/],
    [orders, 'GET /orders/ORD0001', {}, 404, /^order not found$/],
    [orders, `GET /orders/${'9'.repeat(16)}`, {}, 404, /^order not found$/],
    [orders, 'DELETE /orders/1', {}, 405, /Use GET or HEAD here/],
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
  assert.deepEqual(await lab.ordersOf(userId), []);
});
