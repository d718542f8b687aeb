import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, test } from 'node:test';
import type { Bus, CloudEvent } from '../platform/bus.ts';
import { createBus } from '../platform/bus-here.ts';
import { AppError } from '../platform/errors.ts';
import { until } from '../postgres/wait.ts';
import { callBy, callByStaff, callByUser } from '../testing/call.ts';
import { silent } from '../testing/database.ts';
import { openStockRelay, relayStock } from './stock-relay.ts';
import { byOrders, freshOrderStock, orderOf } from './testing-orders.ts';

const { catalog, database, addProduct, addMany, reserve, release, ship } = await freshOrderStock();

const outbox = () =>
  database.rows<{ available: number }>({
    name: 'outbox',
    text: 'select available from catalog.outbox order by seq',
  });

function listen(bus: Bus = createBus()) {
  const events: CloudEvent[] = [];
  bus.subscribe('stock', (event) => events.push(event));
  return { bus, events };
}

function gone(): never {
  throw new AppError('unavailable', 'The bus does not answer');
}

const move = (id: string, delta: number) =>
  catalog.addStockMove(
    { id, delta, reason: delta > 0 ? 'restock' : 'correction', idempotencyKey: randomUUID() },
    callByStaff(),
  );

// Each test begins with nothing to tell.
beforeEach(() => database.rows({ name: 'forget', text: 'delete from catalog.outbox' }));

describe('stock that runs low', () => {
  test('is told once, in whatever way it went down', async () => {
    const [byOrder, byHold, byCorrection] = [
      await addProduct({ quantity: 6 }),
      await addProduct({ quantity: 6 }),
      await addProduct({ quantity: 6 }),
    ];
    await reserve([orderOf({ [byOrder.id]: 2 })]);
    const lines = [{ productId: byHold.id, quantity: 3 }];
    await catalog.createHold({ lines, idempotencyKey: randomUUID() }, callByStaff());
    await move(byCorrection.id, -6);
    const { bus, events } = listen();
    assert.equal(await relayStock({ database, bus }), false);
    assert.deepEqual(
      events.map(({ subject, data }) => [subject, (data as { available: number }).available]),
      [
        [byOrder.id, 4],
        [byHold.id, 3],
        [byCorrection.id, 0],
      ],
    );
    assert.deepEqual(await outbox(), []);
  });

  test('is told as a CloudEvent', async () => {
    const { id, title } = await addProduct({ quantity: 5 });
    await reserve([orderOf({ [id]: 1 })]);
    const { bus, events } = listen();
    await relayStock({ database, bus });
    const [{ time, ...event } = { time: '' }] = events;
    assert.ok(Date.parse(time) > 0);
    assert.deepEqual(event, {
      specversion: '1.0',
      id: `${id}.2`,
      source: '/catalog',
      type: 'stock.low.v1',
      subject: id,
      sequence: '2',
      datacontenttype: 'application/json',
      data: { productId: id, title, available: 4, lowAt: 5 },
    });
  });

  test('is told again only when it had been enough in between', async () => {
    const { id } = await addProduct({ quantity: 5 });
    const order = orderOf({ [id]: 1 });
    await reserve([order]);
    await reserve([orderOf({ [id]: 1 })]);
    assert.deepEqual(await outbox(), [{ available: 4 }]);
    await release(order.orderId);
    await move(id, 10);
    assert.equal((await outbox()).length, 1);
    await reserve([orderOf({ [id]: 12 })]);
    assert.deepEqual(await outbox(), [{ available: 4 }, { available: 2 }]);
  });

  test('is not told of what was never enough, stays enough, or only leaves the house', async () => {
    await addProduct({ quantity: 4 });
    const { id } = await addProduct({ quantity: 10 });
    const order = orderOf({ [id]: 5 });
    await reserve([order]);
    await ship(order.orderId);
    assert.deepEqual(await outbox(), []);
  });

  test('is not told when what lowered it did not happen', async () => {
    const { id } = await addProduct({ quantity: 6 });
    const broken = database.transaction(async (transaction) => {
      const text = `update catalog.stock set available = 1, ver = ver + 1, updated_at = now()
        where sku = (select sku from catalog.products where id = $1::text) returning sku`;
      await transaction.rows({ name: 'lower', text }, [id]);
      throw new TypeError('never mind');
    });
    await assert.rejects(broken, TypeError);
    assert.deepEqual(await outbox(), []);
  });

  test('is told when a threshold rises above it', async () => {
    const { id } = await addProduct({ quantity: 10 });
    const text = `update catalog.stock set low_at = 11
      where sku = (select sku from catalog.products where id = $1::text)`;
    await database.rows({ name: 'raise', text }, [id]);
    assert.deepEqual(await outbox(), [{ available: 10 }]);
  });
});

describe('the relay of stock', () => {
  test('keeps what could not be told, and tells it later', async () => {
    const { id } = await addProduct({ quantity: 5 });
    await reserve([orderOf({ [id]: 1 })]);
    const broken: Bus = { ...createBus(), publish: async () => gone() };
    await assert.rejects(relayStock({ database, bus: broken }), { code: 'unavailable' });
    assert.equal((await outbox()).length, 1);
    const { bus, events } = listen();
    await relayStock({ database, bus });
    assert.deepEqual(
      events.map(({ subject }) => subject),
      [id],
    );
  });

  test('shares the work with another one, and what is told is told by one', async () => {
    const ids = await addMany('shared-', 250, 5);
    await reserve(ids.map((id) => orderOf({ [id]: 1 })));
    const { bus, events } = listen();
    const slowly: Bus = {
      ...bus,
      // Both are at it at the same time.
      publish: async (topic, news) => {
        await database.rows({ name: 'moment', text: 'select pg_sleep(0.01)' });
        await bus.publish(topic, news);
      },
    };
    const relays = [slowly, slowly].map((each) =>
      openStockRelay({ database, bus: each, log: silent, everyMs: 20 }),
    );
    const done = async () => (await outbox()).length === 0 || undefined;
    assert.ok(await until(done, 10_000));
    await Promise.all(relays.map(({ close }) => close()));
    assert.deepEqual(events.map(({ subject }) => subject).toSorted(), ids.toSorted());
  });

  test('says whether more is waiting', async () => {
    const ids = await addMany('many-', 150, 5);
    await reserve(ids.map((id) => orderOf({ [id]: 1 })));
    const bus = createBus();
    assert.equal(await relayStock({ database, bus }), true);
    assert.equal(await relayStock({ database, bus }), false);
  });
});

describe('the list of low stock', () => {
  test('has the scarcest first, with the version that events count by', async () => {
    const { id } = await addProduct({ quantity: 5, title: 'Tea' });
    await reserve([orderOf({ [id]: 5 })]);
    const { items } = await catalog.listLowStock({ limit: 100 }, byOrders());
    const found = items.find(({ productId }) => productId === id);
    assert.deepEqual(found, { productId: id, title: 'Tea', available: 0, lowAt: 5, version: 2 });
    const counts = items.map(({ available }) => available);
    assert.deepEqual(
      counts,
      counts.toSorted((a, b) => a - b),
    );
    assert.ok(items.every(({ available, lowAt }) => available < lowAt));
    assert.equal((await catalog.listLowStock({ limit: 1 }, byOrders())).items.length, 1);
  });

  test('is for services only', async () => {
    await assert.rejects(catalog.listLowStock({ limit: 1 }, callBy()), { code: 'unauthorized' });
    await assert.rejects(catalog.listLowStock({ limit: 1 }, callByUser('ann')), {
      code: 'forbidden',
    });
    await assert.rejects(catalog.listLowStock({ limit: 1 }, callByStaff()), { code: 'forbidden' });
  });
});
