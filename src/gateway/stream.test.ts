import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../postgres/wait.ts';
import { lowEvent, orderEvent, orderRow, startStreams } from './testing-streams.ts';

const shortLog = { events: { itemsMax: 2, bytesMax: 1_000_000 } };

describe('what is sent', () => {
  test('comes as an event stream that nobody keeps, with a time to come back', async () => {
    const { open } = await startStreams({ random: () => 0.5 });
    const reader = await open('ann');
    await reader.first(1);
    assert.equal(reader.status, 200);
    assert.equal(reader.headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.equal(reader.headers['cache-control'], 'no-store');
    assert.equal(reader.headers['x-accel-buffering'], 'no');
    assert.ok(reader.headers['x-request-id']);
    assert.match(
      reader.text(),
      /^retry: 3000\n\nevent: snapshot\nid: [0-9a-f]+-1-[0-9]+\ndata: \{/,
    );
  });

  test('customers hear of their own orders only, staff of all, and both of stock', async () => {
    const { open, bus } = await startStreams();
    const [ann, bob, staff] = await Promise.all([open('ann'), open('bob'), open('sue staff')]);
    await Promise.all([ann.first(1), bob.first(1), staff.first(1)]);
    await bus.publish('orders', [orderEvent('a', { userId: 'ann' })]);
    await bus.publish('orders', [orderEvent('b', { userId: 'bob' })]);
    await bus.publish('stock', [lowEvent('tea', 7)]);
    await Promise.all([ann.first(3), bob.first(3), staff.first(4)]);
    assert.deepEqual(ann.news(), ['a.1', 'tea.7']);
    assert.deepEqual(bob.news(), ['b.1', 'tea.7']);
    assert.deepEqual(staff.news(), ['a.1', 'b.1', 'tea.7']);
    assert.deepEqual(
      staff.sent().map(({ event }) => event),
      ['snapshot', 'order.placed.v1', 'order.placed.v1', 'stock.low.v1'],
    );
  });

  test('an order that says not whose it is goes to staff only', async () => {
    const { open, bus } = await startStreams();
    const [ann, staff] = await Promise.all([open('ann'), open('sue staff')]);
    const { data: _data, ...nameless } = orderEvent('a', {});
    await bus.publish('orders', [{ ...nameless, data: { id: 'a' } }]);
    await bus.publish('stock', [lowEvent('tea', 1)]);
    await Promise.all([ann.first(2), staff.first(3)]);
    assert.deepEqual(ann.news(), ['tea.1']);
    assert.deepEqual(staff.news(), ['a.1', 'tea.1']);
  });

  test('only the topics that are asked for come, in the snapshot and after it', async () => {
    const { open, bus, shop } = await startStreams();
    shop.orders = [orderRow('a', 'ann')];
    shop.low = [{ productId: 'tea', title: 'Tea', available: 1, lowAt: 5, version: 3 }];
    const [orders, stock, both] = await Promise.all(
      ['orders', 'stock', 'stock,orders'].map((topics) => open('ann', { topics })),
    );
    assert.ok(orders && stock && both);
    await Promise.all([orders, stock, both].map((reader) => reader.first(1)));
    await bus.publish('stock', [lowEvent('mug', 1)]);
    await bus.publish('orders', [orderEvent('b', {})]);
    await Promise.all([orders.first(2), stock.first(2), both.first(3)]);
    assert.deepEqual(orders.sent()[0]?.data, { orders: shop.orders });
    assert.deepEqual(stock.sent()[0]?.data, { lowStock: shop.low });
    assert.deepEqual(both.sent()[0]?.data, { orders: shop.orders, lowStock: shop.low });
    assert.deepEqual(
      [orders, stock, both].map((reader) => reader.news()),
      [['b.1'], ['mug.1'], ['mug.1', 'b.1']],
    );
  });

  test('a question that is wrong is refused with its pointer, and HEAD is not answered', async () => {
    const { url } = await startStreams();
    const headers = { 'x-user': 'ann customer' };
    const queries = [
      'topics=places',
      'topics=',
      'topics=orders,orders',
      'topics=orders&topics=stock',
    ];
    const answers = await Promise.all(
      queries.map(async (query) => {
        const answer = await fetch(`${url}/v1/stream?${query}`, { headers });
        const { errors } = (await answer.json()) as { errors: { pointer: string }[] };
        return [answer.status, errors[0]?.pointer];
      }),
    );
    assert.deepEqual(
      answers,
      queries.map(() => [400, '/topics']),
    );
    const long = { ...headers, 'last-event-id': 'x'.repeat(101) };
    assert.equal((await fetch(`${url}/v1/stream`, { headers: long })).status, 400);
    const head = await fetch(`${url}/v1/stream`, { method: 'HEAD', headers });
    assert.deepEqual([head.status, head.headers.get('allow')], [405, 'GET']);
  });
});

describe('a snapshot', () => {
  test('leaves no gap before the events after it, and is not followed by older ones', async () => {
    const { open, bus, shop } = await startStreams();
    shop.orders = [orderRow('shown', 'ann', '2'), orderRow('same', 'ann', '1')];
    shop.meanwhile = async () => {
      await bus.publish('orders', [
        orderEvent('shown', { version: 1 }),
        orderEvent('same', { version: 1 }),
        orderEvent('new', { version: 1 }),
      ]);
    };
    const reader = await open('ann', { topics: 'orders' });
    await reader.first(3);
    await bus.publish('orders', [orderEvent('last', {})]);
    await reader.first(4);
    assert.equal(reader.sent()[0]?.event, 'snapshot');
    assert.deepEqual(reader.news(), ['same.1', 'new.1', 'last.1']);
  });

  test('has shown what it has shown, also to who comes back right after it', async () => {
    const { open, bus, shop } = await startStreams();
    shop.orders = [orderRow('shown', 'ann', '2')];
    shop.meanwhile = () => bus.publish('orders', [orderEvent('shown', { version: 1 })]);
    const reader = await open('ann', { topics: 'orders' });
    const [snapshot] = await reader.first(1);
    reader.leave();
    const again = await open('ann', { topics: 'orders', lastEventId: snapshot?.id ?? '' });
    await bus.publish('orders', [orderEvent('shown', { version: 2 })]);
    await again.first(1);
    assert.deepEqual(again.news(), ['shown.2']);
    assert.equal(shop.asked, 1);
  });

  test('that cannot be had is refused, and takes no place', async () => {
    const started = await startStreams({ limits: { perUserMax: 1 } });
    started.shop.meanwhile = () => Promise.reject(new Error('gone'));
    assert.equal((await started.open('ann')).status, 500);
    started.shop.meanwhile = async () => undefined;
    await started.untilOpen(0);
    assert.equal((await started.open('ann')).status, 200);
  });

  test('that takes too long is refused in time, and leaves nothing behind', async () => {
    const started = await startStreams({}, { deadlineMs: 50 });
    const late = Promise.withResolvers<void>();
    started.shop.meanwhile = () => late.promise;
    assert.equal((await started.open('ann')).status, 504);
    late.resolve();
    await started.untilOpen(0);
  });
});

describe('who comes back', () => {
  test('gets exactly what was missed, once and in order', async () => {
    const { open, bus, shop } = await startStreams();
    const before = await open('ann');
    await before.first(1);
    await bus.publish('orders', [orderEvent('a', {}), orderEvent('b', {})]);
    await before.first(3);
    before.leave();
    await bus.publish('orders', [orderEvent('c', {}), orderEvent('foreign', { userId: 'bob' })]);
    await bus.publish('stock', [lowEvent('tea', 1)]);
    const again = await open('ann', { lastEventId: before.ids()[1] ?? '' });
    await bus.publish('orders', [orderEvent('d', {})]);
    await again.first(4);
    assert.deepEqual(again.news(), ['b.1', 'c.1', 'tea.1', 'd.1']);
    assert.equal(again.sent().length, 4);
    assert.equal(shop.asked, 1);
  });

  test('gets more than is written at once, if that is what was missed', async () => {
    const { open, bus } = await startStreams();
    const before = await open('ann');
    const [snapshot] = await before.first(1);
    before.leave();
    const names = Array.from({ length: 100 }, (_, i) => `o${i}`);
    await bus.publish(
      'orders',
      names.map((name) => orderEvent(name, { pad: 5_000 })),
    );
    const again = await open('ann', { lastEventId: snapshot?.id ?? '' });
    await again.first(100);
    assert.deepEqual(
      again.news(),
      names.map((name) => `${name}.1`),
    );
  });

  test('with an id of elsewhere, of later or of nonsense, or forgotten, gets a snapshot', async () => {
    const { open, bus } = await startStreams({ ...{ epoch: 'here', logLimits: shortLog } });
    const stays = await open('ann');
    await stays.first(1);
    const names = ['a', 'b', 'c'];
    await bus.publish(
      'orders',
      names.map((name) => orderEvent(name, {})),
    );
    await stays.first(4);
    const ids = [
      ...['there-2-1', 'here-5-1', 'here-1-1', 'here-0-1', 'here-2', 'here', 'here-', 'here--2-1'],
      ...['here-2e0-1', 'here-2-1-', '-', ''],
    ];
    const firsts = await Promise.all(
      ids.map(async (lastEventId) => {
        const reader = await open(`user${lastEventId}`, { lastEventId });
        return (await reader.first(1))[0]?.event;
      }),
    );
    assert.deepEqual(
      firsts,
      ids.map(() => 'snapshot'),
    );
    const known = await open('ann', { lastEventId: 'here-2-1' });
    await known.first(2);
    assert.deepEqual(known.news(), ['b.1', 'c.1']);
  });

  test('after a quiet time has an id from the beat, and need not begin anew', async () => {
    const { open, bus, shop } = await startStreams({
      limits: { beatMs: 20 },
      ...{ epoch: 'here', logLimits: shortLog },
    });
    const reader = await open('ann');
    await reader.first(1);
    const foreign = [1, 2, 3, 4].map((n) => orderEvent(`of bob ${n}`, { userId: 'bob' }));
    await bus.publish('orders', foreign);
    const beat = /: still here\nid: (here-5-[0-9]+)\n\n/;
    const lastEventId = await until(async () => beat.exec(reader.text())?.[1], 5_000);
    reader.leave();
    const again = await open('ann', { lastEventId: lastEventId ?? '' });
    await bus.publish('orders', [orderEvent('a', {})]);
    await again.first(1);
    assert.deepEqual([again.news(), shop.asked], [['a.1'], 1]);
  });
});
