import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, type Answer, type Ask } from '../testing/http.ts';
import { startLab } from './testing-lab.ts';
import { item, many, stockOf, times, type Doors } from './testing-order-inventory.ts';

const [alone, two] = await Promise.all([startLab('order-inventory'), startPair()]);
const one = { orders: alone.ask('orders'), inventory: alone.ask('inventory') };

/** Two processes on one database; each call goes to the other one than the call before. */
async function startPair(): Promise<Doors> {
  const first = await startLab('order-inventory');
  const second = await startLab('order-inventory', { databaseUrl: first.databaseUrl });
  const roundRobin = (door: string) => client([first.url(door), second.url(door)]);
  return { orders: roundRobin('orders'), inventory: roundRobin('inventory') };
}

const countOf = (answers: readonly Answer[], status: number) =>
  answers.filter((answer) => answer.status === status).length;

/** One after the other, as the document has them, and a little more. */
async function playAll({ orders, inventory }: Doors): Promise<string[]> {
  const said: string[] = [];
  const play = async (ask: Ask, what: string, body?: object) => {
    const { status, text } = await ask(what, { body });
    said.push(`${what} ${status} ${text.replaceAll(times, 'a time')}`);
  };
  const order = (quantity: number, customerId?: string) =>
    play(orders, 'POST /orders', { ...item('P001', quantity), customer_id: customerId });
  await play(orders, 'GET /health');
  await play(inventory, 'GET /health');
  await play(orders, 'GET /orders');
  await order(2, 'C123');
  await order(2);
  await order(47);
  await play(inventory, 'GET /inventory/P001');
  await play(orders, 'GET /orders');
  await play(orders, 'GET /orders/ORD0001');
  await play(orders, 'GET /orders/ORD0002');
  await play(orders, 'DELETE /orders/ORD0002');
  await play(orders, 'DELETE /orders/ORD0002');
  await play(inventory, 'POST /inventory/check', item('P001', 49));
  await play(inventory, 'POST /inventory/reserve', item('P001', 8));
  await play(inventory, 'POST /inventory/release', item('P001', 3));
  await play(inventory, 'POST /inventory/release', item('P001', 6));
  await play(inventory, 'POST /inventory/release', item('P001', 5));
  await play(inventory, 'POST /inventory/P001/restock', { quantity: 2 });
  await play(inventory, 'GET /inventory');
  await play(orders, 'GET /orders');
  return said;
}

// The first of the file, because it needs two databases on which nothing has happened.
test('two replicas of each service give the answers of one', async () => {
  const [answersOfOne, answersOfTwo] = await Promise.all([playAll(one), playAll(two)]);

  assert.deepEqual(answersOfTwo, answersOfOne);
  assert.match(answersOfTwo[6] ?? '', /"available_quantity":46,"reserved_quantity":4,/);
});

test('of 60 buyers of 50 laptops at two replicas exactly 50 get one', async () => {
  const laptops = await startPair();
  const buy = (i: number) =>
    laptops.orders('POST /orders', { body: { ...item('P001', 1), customer_id: `B${i % 6}` } });

  const answers = await many(60, buy);

  const bought = answers.filter(({ status }) => status === 201);
  const numbers = bought.map(({ body }) => (body as { order_id: string }).order_id);
  assert.equal(new Set(numbers).size, 50);
  assert.equal(bought.length, 50);
  for (const { status, body, text } of answers.filter((answer) => !bought.includes(answer))) {
    assert.equal(status, 400, text);
    assert.deepEqual(body, { error: 'Insufficient inventory', available_quantity: 0 });
  }
  assert.deepEqual(await stockOf('P001', laptops), [0, 50]);
});

test('an order that two cancel at once is cancelled for one of them, and frees its stock once', async () => {
  const [available, reserved] = await stockOf('P004', two);
  const place = () => two.orders('POST /orders', { body: item('P004', 3) });
  const placed = await many(5, place);
  const ids = placed.map(({ body }) => (body as { order_id: string }).order_id);

  const pairs = await Promise.all(
    ids.map((id) => many(2, () => two.orders(`DELETE /orders/${id}`))),
  );

  for (const pair of pairs) {
    const [order, other] = pair.toSorted((a, b) => b.text.length - a.text.length);
    assert.match(order?.text ?? '', /"status":"cancelled",.*"cancelled_at":"/);
    assert.deepEqual(other?.body, { message: 'Order already cancelled' });
  }
  assert.deepEqual(await stockOf('P004', two), [available, reserved]);
});

test('one key is one order and one reservation at whichever replica it is repeated', async () => {
  const headers = { 'idempotency-key': 'from the till: 7'.replaceAll(' ', '-') };
  const [available, reserved] = await stockOf('P002', two);
  const order = () => two.orders('POST /orders', { body: item('P002', 2), headers });
  const reserve = () =>
    two.inventory('POST /inventory/reserve', { body: item('P002', 1), headers });

  const answers = [...(await many(6, order)), ...(await many(6, reserve)), await order()];

  // Where the first is not through yet, the others are told to come again.
  assert.ok(answers.every(({ status }) => [200, 201, 409].includes(status)));
  assert.deepEqual(await stockOf('P002', two), [available - 3, reserved + 3]);
});

test('releases at two replicas never give back more than was reserved, nor less than they say', async () => {
  const reserve = () => two.inventory('POST /inventory/reserve', { body: item('kebab', 3) });
  await many(10, reserve);
  const release = () => two.inventory('POST /inventory/release', { body: item('kebab', 2) });

  const answers = await many(20, release);

  const released = answers
    .filter(({ status }) => status === 200)
    .map(({ body }) => (body as { released_quantity: number }).released_quantity);
  const sum = released.reduce((total, quantity) => total + quantity, 0);
  assert.equal(countOf(answers, 200) + countOf(answers, 400) + countOf(answers, 503), 20);
  assert.ok(sum <= 30, `${sum} of 30 were released`);
  assert.deepEqual(await stockOf('kebab', two), [970 + sum, 30 - sum]);
});

test('a new customer who orders at two replicas at once is one customer', async () => {
  const body = { ...item('P003', 1), customer_id: 'New & Busy' };

  const answers = await many(12, () => two.orders('POST /orders', { body }));

  assert.equal(countOf(answers, 201), 12);
});
