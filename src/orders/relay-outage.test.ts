import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, test } from 'node:test';
import type { Bus, CloudEvent } from '../platform/bus.ts';
import { createBus } from '../platform/bus-here.ts';
import { until } from '../postgres/wait.ts';
import { openRelay } from './relay.ts';
import { away, type Around } from './testing-faults.ts';
import { freshShop } from './testing-shop.ts';

const shop = await freshShop();
const { replica, addProduct, stockOf } = shop;

async function untold(): Promise<string[]> {
  const text = 'select kind from orders.outbox order by seq';
  const rows = await shop.orders.rows<{ kind: string }>({ name: 'outboxKinds', text });
  return rows.map(({ kind }) => kind);
}

/** Two orders of three, one cancelled, one fulfilled, of a product of which there are ten. */
async function twoEnds() {
  const product = await addProduct(10);
  const one = replica(0);
  const wish = { userId: randomUUID(), lines: { [product]: 3 } };
  const told = await Promise.all([1, 2].map((n) => one.place({ ...wish, key: `key ${n}` })));
  const [toCancel, toFulfil] = told.map(({ order }) => order);
  assert.ok(toCancel && toFulfil);
  await one.cancel(toCancel);
  await one.fulfil(toFulfil);
  return { product, cancelled: toCancel.id, fulfilled: toFulfil.id };
}

afterEach(async () => {
  assert.deepEqual(await shop.contradictions(), []);
});

/** A bus that is away until it is told to come back; what was published then is heard. */
function awayBus() {
  const bus = createBus();
  const heard: CloudEvent[] = [];
  bus.subscribe('orders', (event) => heard.push(event));
  const state = { isAway: true, tries: 0 };
  const publish: Bus['publish'] = async (topic, events) => {
    state.tries += 1;
    if (state.isAway) throw away();
    await bus.publish(topic, events);
  };
  return { bus: { ...bus, publish }, heard, state };
}

const laterMs = 1_500;

test('while the bus is away catalog is told all at once, and once', async () => {
  const orders = await Promise.all(Array.from({ length: 20 }, twoEnds));
  const before = await untold();
  const asked: number[] = [];
  const counted: Around = (work, input) => {
    asked.push((input as { orderIds: string[] }).orderIds.length);
    return work();
  };
  const one = replica(0, { releaseOrders: counted, shipOrders: counted });
  const { bus, heard, state } = awayBus();
  await one.relay(bus);
  const stocks = await Promise.all(orders.map(({ product }) => stockOf(product)));
  assert.deepEqual(
    stocks,
    orders.map(() => [7, 0]),
  );
  assert.deepEqual(await untold(), before);

  await one.relay(bus);
  await one.relay(bus);
  assert.equal(
    asked.reduce((sum, count) => sum + count, 0),
    40,
  );
  assert.deepEqual([heard, state.tries], [[], 3]);
});

test('what waited for the bus is heard in turn when it is back', async (t) => {
  const orders = await Promise.all(Array.from({ length: 20 }, twoEnds));
  const real = performance.now.bind(performance);
  let passedMs = 0;
  t.mock.method(performance, 'now', () => real() + passedMs);
  const { bus, heard, state } = awayBus();
  const relay = openRelay({ ...replica(0).parts, bus });
  assert.ok(await until(() => state.tries || undefined, 1_000));
  relay.onOutbox('placed');
  state.isAway = false;
  passedMs = laterMs;
  relay.onOutbox('placed');
  const all = await until(() => (heard.length >= 80 ? heard : undefined), 3_000);
  await relay.close();

  assert.ok(all, `${heard.length} of 80 heard`);
  assert.deepEqual(await untold(), []);
  for (const { cancelled, fulfilled } of orders) {
    const toldOf = (id: string) =>
      heard.filter(({ subject }) => subject === id).map(({ type }) => type);
    assert.deepEqual(toldOf(cancelled), ['order.placed.v1', 'order.cancelled.v1']);
    assert.deepEqual(toldOf(fulfilled), ['order.placed.v1', 'order.fulfilled.v1']);
  }
});

test('a bus that is away is not tried with each order', { timeout: 20_000 }, async (t) => {
  // No time passes, so the pause does not end.
  t.mock.method(performance, 'now', () => 0);
  const product = await addProduct(100);
  const { bus, state } = awayBus();
  const { parts } = replica(0);
  let rounds = 0;
  const noting: typeof parts.database = {
    ...parts.database,
    transaction(work) {
      rounds += 1;
      return parts.database.transaction(work);
    },
  };
  await replica(0).place({ lines: { [product]: 1 } });
  const relay = openRelay({ ...parts, database: noting, bus });
  assert.ok(await until(() => (rounds >= 2 ? true : undefined), 2_000));
  const poked = until(() => {
    relay.onOutbox('placed');
    return rounds >= 6 ? true : undefined;
  }, 2_000);
  assert.ok(await poked);
  await relay.close();
  assert.equal(state.tries, 1);
});

const longAgo = {
  name: 'longAgo',
  text: `update orders.outbox set at = at - interval '25 hours' where kind <> 'fulfilled'`,
};

test('news that no bus took for a day is dropped, but not before catalog knows', async () => {
  const { product } = await twoEnds();
  const failing = replica(0, { releaseOrders: () => Promise.reject(away()) });
  await failing.parts.database.rows(longAgo);
  const { bus } = awayBus();
  await failing.relay(bus);
  assert.deepEqual(await untold(), ['placed', 'cancelled', 'fulfilled']);

  await replica(0).relay(bus);
  await replica(0).relay(bus);
  assert.deepEqual(await untold(), ['fulfilled']);
  assert.deepEqual(await stockOf(product), [7, 0]);
});
