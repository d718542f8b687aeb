import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { createBus } from '../platform/bus.ts';
import { until } from '../postgres/wait.ts';
import { createHub, type Heard, type HubParts } from './hub.ts';
import { orderEvent } from './testing-streams.ts';

const idOf = ({ text }: Heard): string => /^id: (.*)$/m.exec(text)?.[1] ?? '';

/** A hub on a bus of its own, and one listener that stays unless it is asked to leave. */
function setup(parts: Partial<HubParts> = {}) {
  const bus = createBus();
  const hub = createHub({ bus, topics: ['orders', 'stock'], epoch: 'e', ...parts });
  const heard: Heard[] = [];
  const leave = hub.join((one) => heard.push(one));
  const tell = (subject: string, version = 1) =>
    bus.publish('orders', [orderEvent(subject, { version })]);
  const idsSince = (id: string) => hub.since(id)?.map(idOf);
  return { bus, hub, heard, leave, tell, idsSince };
}

describe('a hub', () => {
  test('knows what came after each id that it has given, and of no other', async () => {
    const { hub, tell, idsSince } = setup({ eventsMax: 3 });
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((subject) => tell(subject)));
    assert.equal(hub.position(), 'e-5');
    assert.deepEqual(idsSince('e-5'), []);
    assert.deepEqual(idsSince('e-3'), ['e-4', 'e-5']);
    assert.deepEqual(idsSince('e-2'), ['e-3', 'e-4', 'e-5']);
    for (const id of ['e-1', 'e-6', 'f-3', 'e-3.0', ' e-3', 'e-', undefined]) {
      assert.equal(hub.since(id), undefined, String(id));
    }
  });

  test('forgets the oldest when what it knows is too large', async () => {
    const { hub, bus, idsSince } = setup({ bytesMax: 3_000 });
    const large = (subject: string) => bus.publish('orders', [orderEvent(subject, { pad: 1_000 })]);
    await Promise.all(['a', 'b', 'c', 'd'].map(large));
    assert.equal(hub.since('e-1'), undefined);
    assert.deepEqual(idsSince('e-2'), ['e-3', 'e-4']);
  });

  test('passes over what it has heard, or something newer of the same', async () => {
    const { heard, tell } = setup();
    await tell('a', 1);
    await tell('a', 1);
    await tell('b', 2);
    await tell('b', 1);
    await tell('a', Number.NaN);
    await tell('a', 10);
    await tell('a', 9);
    assert.deepEqual(
      heard.map(({ key, sequence }) => [key, sequence]),
      [
        ['orders a', 1],
        ['orders b', 2],
        ['orders a', 10],
      ],
    );
  });

  test('tells things of different topics apart, also when they have the same name', async () => {
    const { heard, bus } = setup();
    await bus.publish('orders', [orderEvent('a', { version: 2 })]);
    await bus.publish('stock', [orderEvent('a', { version: 1 })]);
    assert.deepEqual(
      heard.map(({ topic }) => topic),
      ['orders', 'stock'],
    );
  });

  test('listens while somebody is there and for a while longer, and then not at all', async () => {
    const { bus, hub, leave, tell, idsSince } = setup({ lingerMs: 40 });
    await tell('a');
    leave();
    leave();
    assert.ok(bus.isHeard('orders'));
    await tell('b');
    const again = hub.join(() => undefined);
    assert.deepEqual(idsSince('e-1'), ['e-2']);
    again();
    assert.ok(await until(() => !bus.isHeard('orders') || undefined, 5_000));
    assert.ok(!bus.isHeard('stock'));
  });

  test('that comes back does not take the end of a visit for the end of the others', async () => {
    const { bus, hub, leave } = setup({ lingerMs: 20 });
    leave();
    const first = hub.join(() => undefined);
    const second = hub.join(() => undefined);
    first();
    assert.equal(await until(() => !bus.isHeard('orders') || undefined, 100), undefined);
    second();
    assert.ok(await until(() => !bus.isHeard('orders') || undefined, 5_000));
  });

  test('that did not listen for a while resumes nobody from before', async () => {
    const { bus, hub, leave, tell } = setup({ lingerMs: 0 });
    await tell('a');
    const id = hub.position();
    leave();
    assert.ok(await until(() => !bus.isHeard('orders') || undefined, 5_000));
    await tell('missed');
    hub.join(() => undefined);
    assert.equal(hub.since(id), undefined);
    assert.deepEqual(hub.since(hub.position()), []);
  });
});

test('however often and in whatever order events come, versions only rise and the last is there', () => {
  const told = fc
    .array(
      fc.record({
        subject: fc.constantFrom('a', 'b', 'c'),
        version: fc.integer({ min: 1, max: 9 }),
      }),
      {
        minLength: 1,
        maxLength: 60,
      },
    )
    .chain((events) =>
      fc.record({
        events: fc.constant(events),
        // Some come again, and all in another order.
        extra: fc.subarray(events),
        order: fc.array(fc.nat(), { minLength: events.length * 2, maxLength: events.length * 2 }),
        gone: fc.array(fc.nat(120), { maxLength: 4 }),
      }),
    );
  fc.assert(
    fc.property(told, ({ events, extra, order, gone }) => {
      const { bus, hub } = setup({ eventsMax: 10 });
      const shuffled = [...events, ...extra]
        .map((event, i) => ({ event, at: order[i] ?? 0 }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ event }) => event);
      const seen = new Map<string, number>();
      let lastId = hub.position();
      const read = (heard: Heard) => {
        const { key, sequence } = heard;
        assert.ok(sequence > (seen.get(key) ?? 0), `${key}: ${sequence} after ${seen.get(key)}`);
        seen.set(key, sequence);
        lastId = idOf(heard);
      };
      let leave = hub.join(read);
      for (const [i, { subject, version }] of shuffled.entries()) {
        // Away for one event, and back again without a gap.
        if (gone.includes(i)) leave();
        void bus.publish('orders', [orderEvent(subject, { version })]);
        if (!gone.includes(i)) continue;
        leave = hub.join(read);
        for (const missed of hub.since(lastId) ?? assert.fail('not resumed')) read(missed);
      }
      for (const [subject, all] of Map.groupBy(events, (event) => event.subject)) {
        const newest = Math.max(...all.map(({ version }) => version));
        assert.equal(seen.get(`orders ${subject}`), newest);
      }
      hub.close();
    }),
    { numRuns: 300 },
  );
});
