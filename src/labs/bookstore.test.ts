import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../postgres/wait.ts';
import { expectStatus, type Ask } from '../testing/http.ts';
import { createTranscript, startLab, type RunningLab } from './testing-lab.ts';

const systems = 'GET /search/distributed%20systems';
const withKey = (key: string) => ({ headers: { 'idempotency-key': key } });

function doorsOf(lab: RunningLab) {
  return { front: lab.ask('front'), catalog: lab.ask('catalog'), order: lab.ask('order') };
}

async function left(ask: Ask, id: number): Promise<unknown> {
  const { body } = expectStatus(await ask(`GET /info/${id}?form=list`), 200);
  return (body as { quantity: number }).quantity;
}

/** What it has told of its sales, which may arrive after the answers. */
async function untilBought({ log }: RunningLab, count: number): Promise<(string | undefined)[]> {
  const lines = () => log.map(({ msg }) => msg).filter((msg) => msg?.startsWith('bought book'));
  await until(() => lines().length >= count || undefined, 2_000);
  return lines();
}

test('plays the calls of the document and of the course text', async () => {
  const lab = await startLab('bookstore', { unsafeGet: '' });
  const ports = { front: 5000, catalog: 5001, order: 5002 };
  const transcript = createTranscript('bookstore.md');

  /** Expects this answer, and shows it under the port of the original. */
  async function call(door: keyof typeof ports, what: string, expected: object): Promise<void> {
    const [method, path] = what.split(' ');
    const answer = transcript.note(
      `${method} localhost:${ports[door]}${path}`,
      await lab.ask(door)(what),
    );
    assert.deepEqual({ status: answer.status, body: answer.body }, { status: 200, ...expected });
  }
  const title = 'How to get a good grade in DOS in 40 minutes a day';
  const done = { body: { result: `your purchase done successfully, you bought ${title}` } };
  const info = (price: number, stock: number) => {
    const fields = { title, topic: 'distributed systems', price, 'left in stock': stock };
    return { body: { 'result -from origin': { 'item number': 1, ...fields } } };
  };
  const others = ['RPCs for Noobs', 'How to finish Project 3 on time'] as const;

  await call('front', systems, {
    body: {
      'result -from origin': [
        { 'item number': 1, title },
        { 'item number': 2, title: others[0] },
        { 'item number': 5, title: others[1] },
      ],
    },
  });
  await call('front', `${systems}?form=list`, {
    body: [
      { id: 1, title },
      { id: 2, title: others[0] },
      { id: 5, title: others[1] },
    ],
  });
  await call('front', `${systems}?form=items`, {
    body: { items: { [title]: 1, [others[0]]: 2, [others[1]]: 5 } },
  });
  await call('front', 'GET /info/1', info(50, 10));
  await call('front', 'GET /info/2?form=list', {
    body: { title: others[0], quantity: 10, price: 50 },
  });
  await call('front', 'POST /purchase/1', done);
  await call('front', 'GET /purchase/1', done);
  await call('order', 'PUT /purchase/1', done);
  await call('catalog', 'GET /query/1', { body: { result: true } });
  await call('catalog', 'PUT /update/1/amount_of_items/-1', { body: { result: 'success' } });
  await call('catalog', 'PUT /update/1/amount_of_items/5', { body: { result: 'success' } });
  await call('catalog', 'PUT /update/1/price/59.99', { body: { result: 'success' } });
  await call('catalog', 'GET /info/1', info(59.99, 11));
  await call('catalog', 'PUT /update/1/amount_of_items/-11', { body: { result: 'success' } });
  await call('catalog', 'GET /query/1', { body: { result: false } });
  await call('front', 'POST /purchase/1', {
    status: 409,
    body: { result: 'sorry, this book is sold out' },
  });
  await call('front', 'GET /info/99', {
    status: 404,
    body: { 'result -from origin': 'there is no book with the item number 99' },
  });
  await call('front', 'GET /search/nothing', {
    status: 404,
    body: { 'result -from origin': 'there is no such topic, please enter a valid topic' },
  });
  await call('front', 'GET /cache', {
    body: { hits: 0, misses: 0, invalidations: 0, size: 0 },
  });
  assert.deepEqual(
    await untilBought(lab, 3),
    Array.from({ length: 3 }, () => `bought book ${title}`),
  );
  await transcript.expectOnPage();
});

/** For tests that sell different books, or ask for different things. */
const shared = await startLab('bookstore');

test('sells ten books to forty buyers who all come at once', async () => {
  const { front, catalog } = doorsOf(shared);
  const buyers = Array.from({ length: 40 }, () => front('POST /purchase/1'));
  const statuses = (await Promise.all(buyers)).map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 200).length, 10);
  assert.equal(statuses.filter((status) => status === 409).length, 30);
  assert.equal(await left(catalog, 1), 0);
  assert.equal((await untilBought(shared, 10)).length, 10);
});

test('counts a change once, however often it is sent with its key', async () => {
  const { front, catalog, order } = doorsOf(shared);
  const update = 'PUT /update/3/amount_of_items/5';
  const updates = Array.from({ length: 8 }, () => catalog(update, withKey('delivery-7')));
  for (const answer of await Promise.all(updates)) expectStatus(answer, 200);
  assert.equal(await left(front, 3), 15);

  expectStatus(await front('POST /purchase/3', withKey('basket-1')), 200);
  const again = expectStatus(await order('POST /purchase/3', withKey('basket-1')), 200);
  assert.equal(again.headers['idempotency-replayed'], 'true');
  assert.equal(await left(front, 3), 14);

  expectStatus(await front('POST /purchase/4', withKey('basket-1')), 422);
  expectStatus(await catalog('PUT /update/3/amount_of_items/6', withKey('delivery-7')), 422);
  assert.deepEqual([await left(front, 3), await left(front, 4)], [14, 10]);
});

test('sets the price that was asked for last, also when many set one', async () => {
  const { front, catalog } = doorsOf(shared);
  const prices = ['0', '0.1', '59.99', '999999999.99'];
  for (const answer of await Promise.all(prices.map((p) => catalog(`PUT /update/1/price/${p}`)))) {
    expectStatus(answer, 200);
  }
  expectStatus(await catalog('PUT /update/1/price/999999999.99'), 200);
  const { body } = await front('GET /info/1?form=items');
  assert.equal((body as { price: number }).price, 999_999_999.99);
});

test('finds its customer again after a new start, and still knows the keys', async () => {
  const first = await startLab('bookstore');
  const { databaseUrl } = first;
  expectStatus(await first.ask('front')('POST /purchase/1', withKey('once')), 200);
  expectStatus(await first.ask('catalog')('PUT /update/2/amount_of_items/3', withKey('once')), 200);
  await first.stop();
  const { front, catalog } = doorsOf(await startLab('bookstore', { databaseUrl }));
  expectStatus(await front('POST /purchase/1', withKey('once')), 200);
  expectStatus(await catalog('PUT /update/2/amount_of_items/3', withKey('once')), 200);
  assert.deepEqual([await left(front, 1), await left(front, 2)], [9, 13]);
});
