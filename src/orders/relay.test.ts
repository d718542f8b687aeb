import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, test } from 'node:test';
import type { Bus, CloudEvent } from '../platform/bus.ts';
import { createBus } from '../platform/bus-here.ts';
import { until } from '../postgres/wait.ts';
import { openRelay } from './relay.ts';
import type { Order } from './shapes.ts';
import { away, gate, inTurn, type Around } from './testing-faults.ts';
import { freshShop } from './testing-shop.ts';

const shop = await freshShop();
const { replica, addProduct, stockOf } = shop;

const outbox = {
  name: 'outboxKinds',
  text: 'select kind, order_ids as ids from orders.outbox order by seq',
};

async function untold(): Promise<string[]> {
  return (await shop.orders.rows<{ kind: string }>(outbox)).map(({ kind }) => kind);
}

/** A bus with somebody who writes down what is said about orders. */
function heardBus() {
  const bus = createBus();
  const heard: CloudEvent<Order>[] = [];
  const leave = bus.subscribe('orders', (event) => heard.push(event as CloudEvent<Order>));
  return { bus, heard, leave };
}

const short = ({ type, subject, sequence }: CloudEvent<Order>) => [type, subject, sequence];

/** Three orders of three: one open, one cancelled, one fulfilled. */
async function threeOrders() {
  const product = await addProduct(10);
  const one = replica(0);
  const wish = { userId: randomUUID(), lines: { [product]: 3 } };
  const told = await Promise.all([1, 2, 3].map((n) => one.place({ ...wish, key: `key ${n}` })));
  const [open, toCancel, toFulfil] = told.map(({ order }) => order);
  assert.ok(open && toCancel && toFulfil);
  const cancelled = await one.cancel(toCancel);
  const fulfilled = await one.fulfil(toFulfil);
  return { product, open, cancelled, fulfilled };
}

afterEach(async () => {
  assert.deepEqual(await shop.contradictions(), []);
});

test('catalog gives the stock of cancelled orders back, and lets that of fulfilled ones go', async () => {
  const { product } = await threeOrders();
  assert.deepEqual(await stockOf(product), [1, 9]);
  assert.deepEqual(await untold(), ['placed', 'cancelled', 'fulfilled']);
  await replica(1).relay();
  assert.deepEqual(await stockOf(product), [4, 3]);
  assert.deepEqual(await untold(), ['placed']);
});

test('who listens hears of every order what it was then, in turn', async () => {
  const { open, cancelled, fulfilled } = await threeOrders();
  const { bus, heard } = heardBus();
  await replica(1).relay(bus);

  assert.deepEqual(heard.map(short), [
    ['order.placed.v1', open.id, '1'],
    ['order.placed.v1', cancelled.id, '1'],
    ['order.placed.v1', fulfilled.id, '1'],
    ['order.cancelled.v1', cancelled.id, '2'],
    ['order.fulfilled.v1', fulfilled.id, '2'],
  ]);
  const { cancelledAt, ...asPlaced } = cancelled;
  assert.deepEqual(heard[1], {
    specversion: '1.0',
    id: `${cancelled.id}.1`,
    source: '/orders',
    type: 'order.placed.v1',
    subject: cancelled.id,
    sequence: '1',
    time: cancelled.placedAt,
    datacontenttype: 'application/json',
    data: { ...asPlaced, status: 'confirmed', version: '1' },
  });
  assert.deepEqual(
    heard.slice(3).map(({ id, time, data }) => ({ id, time, data })),
    [
      { id: `${cancelled.id}.2`, time: cancelledAt, data: cancelled },
      { id: `${fulfilled.id}.2`, time: fulfilled.fulfilledAt, data: fulfilled },
    ],
  );
});

test('an order that is refused is no news', async () => {
  const product = await addProduct(1);
  const { place } = replica(0);
  await assert.rejects(place({ lines: { [product]: 2 } }), { code: 'outOfStock' });
  assert.deepEqual(await untold(), []);
});

test('a batch of orders is one row of news, in the order of their numbers', async () => {
  const product = await addProduct(100);
  const { place } = replica(0);
  const told = await Promise.all(
    Array.from({ length: 20 }, () => place({ lines: { [product]: 1 } })),
  );
  const rows = await shop.orders.rows<{ ids: string[] }>(outbox);
  assert.deepEqual(
    rows.map(({ ids }) => ids),
    [told.map(({ order }) => order.id)],
  );
});

test('nobody who listens means that no order is read, and catalog is told all the same', async () => {
  const { product } = await threeOrders();
  const asked: string[] = [];
  const one = replica(0);
  const noting: typeof one.parts.database = {
    ...one.parts.database,
    transaction: (work) =>
      one.parts.database.transaction((transaction) =>
        work({
          ...transaction,
          rows: (statement, values) => {
            asked.push(statement.name);
            return transaction.rows(statement, values);
          },
        }),
      ),
  };
  await openRelay({ ...one.parts, database: noting, bus: createBus() }).close();
  assert.deepEqual(asked, ['takeNews', 'dropNews']);
  assert.deepEqual(await stockOf(product), [4, 3]);
  assert.deepEqual(await untold(), ['placed']);
});

test('news that catalog could not be told stays until it can, and nobody hears it before', async () => {
  const { product } = await threeOrders();
  const { bus, heard } = heardBus();
  const failing = replica(0, { shipOrders: inTurn(() => Promise.reject(away())) });
  await failing.relay(bus);
  assert.deepEqual(await untold(), ['placed', 'cancelled', 'fulfilled']);
  assert.deepEqual(heard, []);

  await failing.relay(bus);
  assert.deepEqual(await untold(), []);
  assert.equal(heard.length, 5);
  assert.deepEqual(await stockOf(product), [4, 3]);
});

test('a relay that dies before it has forgotten the news leads to the same events again', async () => {
  const { product } = await threeOrders();
  const { bus, heard } = heardBus();
  const dying: Bus = {
    ...bus,
    async publish(topic, events) {
      await bus.publish(topic, events);
      throw away();
    },
  };
  await replica(0).relay(dying);
  assert.deepEqual(await untold(), ['placed', 'cancelled', 'fulfilled']);
  await replica(1).relay(bus);

  assert.deepEqual(heard.slice(5), heard.slice(0, 5));
  assert.deepEqual(await stockOf(product), [4, 3]);
});

test('two relays at once tell everything once, and neither waits for the other', async () => {
  // More than one of them takes in a round.
  const orders = await Promise.all(Array.from({ length: 8 }, threeOrders));
  const { bus, heard } = heardBus();
  const { around, reached, open } = gate();
  const slow = replica(0, { releaseOrders: around }).relay(bus);
  await reached;
  await replica(1).relay(bus);
  const before = heard.length;
  open();
  await slow;

  assert.ok(before > 0 && before < 40, `${before} told by the second`);
  assert.equal(heard.length, 40);
  assert.equal(new Set(heard.map(({ id }) => id)).size, 40);
  assert.deepEqual(await untold(), []);
  const stocks = await Promise.all(orders.map(({ product }) => stockOf(product)));
  assert.deepEqual(
    stocks,
    orders.map(() => [4, 3]),
  );
});

const ageNews = {
  name: 'ageNews',
  text: `update orders.outbox set at = at - interval '2.5 s'`,
};

test('an order that nobody listens for is news for two seconds, and then forgotten', async () => {
  const product = await addProduct(10);
  const { parts, place, cancel, relay } = replica(0);
  await place({ lines: { [product]: 1 } });
  await parts.database.rows(ageNews);
  const { order } = await place({ lines: { [product]: 1 } });
  await relay();
  const { bus, heard, leave } = heardBus();
  await relay(bus);
  assert.deepEqual(heard.map(short), [['order.placed.v1', order.id, '1']]);

  leave();
  await cancel(order);
  await relay(bus);
  assert.equal(heard.length, 1);
  assert.deepEqual(await untold(), []);
});

test('a relay that runs is woken by an order, and by its end', async () => {
  const product = await addProduct(10);
  const { bus, heard } = heardBus();
  const { parts } = replica(0);
  const first = gate();
  const polled: Around = inTurn(first.around);
  const watchedDatabase: typeof parts.database = {
    ...parts.database,
    transaction: (work) => polled(() => parts.database.transaction(work), []) as never,
  };
  const relay = openRelay({ ...parts, database: watchedDatabase, bus });
  const { place, cancel } = replica(0, {}, { onOutbox: (kind) => relay.onOutbox(kind) });
  await first.reached;
  first.open();
  const { order } = await place({ lines: { [product]: 1 } });
  assert.ok(await until(() => heard[0], 700), 'not told of the order');
  await cancel(order);
  assert.ok(await until(() => heard[1], 700), 'not told of its end');
  await relay.close();
  assert.deepEqual(await stockOf(product), [10, 0]);
});

test('more news than one round takes is told in rounds that follow at once', async () => {
  const product = await addProduct(100);
  const one = replica(0);
  const told = await Promise.all(
    Array.from({ length: 40 }, () => one.place({ lines: { [product]: 1 } })),
  );
  await Promise.all(told.map(({ order }) => one.cancel(order)));
  const { bus, heard } = heardBus();
  const relay = openRelay({ ...one.parts, bus });
  const all = await until(() => (heard.length === 80 ? heard : undefined), 1_400);
  await relay.close();
  assert.ok(all, `${heard.length} of 80 told`);
  assert.deepEqual(await stockOf(product), [100, 0]);
});
