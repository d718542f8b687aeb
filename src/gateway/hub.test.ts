import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { until } from '../postgres/wait.ts';
import type { News } from './fix-event.ts';
import { createHub, type HubParts } from './hub.ts';
import { createLog, type LogLimits } from './log.ts';
import { createIds } from './stream-ids.ts';
import { topics } from './stream-api.ts';
import { createTestBus } from './testing-bus.ts';
import { gpsState, newsItem, orderEvent } from './testing-streams.ts';

const everything = new Set(topics);
const ofShop = new Set(['orders', 'stock'] as const);
const yes = () => true;
const all = { key: 'all', topics: everything, passes: yes, hasEdges: false, mayPass: yes };
const small = { itemsMax: 3, bytesMax: 1_000_000 };

type Parts = Partial<HubParts> & { limits?: Partial<LogLimits> };

/** A hub on a bus of its own, and one listener that stays unless it is asked to leave. */
function setup(
  { limits, ...parts }: Parts = {},
  joined: ReadonlySet<(typeof topics)[number]> = ofShop,
) {
  const bus = createTestBus();
  const asked: (string | undefined)[] = [];
  const remembered: News['items'] = [];
  const tracking = {
    async listNews({ since }: { since?: string }) {
      asked.push(since);
      return { items: [...remembered], isWhole: true };
    },
  };
  const count = { heard: 0 };
  const onHeard = () => void (count.heard += 1);
  const nowMs = () => 7;
  const log = createLog(limits);
  const ids = createIds('e');
  const hub = createHub({ bus, tracking, log, ids, onHeard, nowMs, ...parts });
  const leave = hub.join(joined);
  const tell = (subject: string, version = 1) =>
    bus.publish('orders', [orderEvent(subject, { version })]);
  const read = (number: number, isExact = true): string =>
    String(log.read(all, { from: number, upTo: log.last(), isExact })?.bytes ?? '');
  /** The ids of what came after this number, if that is all. */
  const idsSince = (number: number) =>
    log.isWholeSince(number, ofShop)
      ? [...read(number).matchAll(/^id: (.*)$/gm)].map(([, id]) => id)
      : undefined;
  /** What came after this number, as `subject.sequence`. */
  const newsSince = (number: number, isExact = true) =>
    [...read(number, isExact).matchAll(/"id":"([^"]+\.\d+)"/g)].map(([, id]) => id);
  return { bus, hub, log, ids, leave, tell, idsSince, newsSince, asked, remembered, count };
}

describe('a hub', () => {
  test('knows what came after each number that it has given, and of no other', async () => {
    const { tell, idsSince, log } = setup({ limits: { events: small } });
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((subject) => tell(subject)));
    assert.equal(log.last(), 6);
    assert.deepEqual(idsSince(6), []);
    assert.deepEqual(idsSince(4), ['e-5-7', 'e-6-7']);
    assert.deepEqual(idsSince(3), ['e-4-7', 'e-5-7', 'e-6-7']);
    for (const number of [0, 1, 2, 7]) assert.equal(idsSince(number), undefined, String(number));
  });

  test('reads the number out of its own ids, and a time out of all', () => {
    const { ids } = setup();
    assert.deepEqual(ids.read(ids.idOf(3, 7.4)), { number: 3, atMs: 7 });
    assert.deepEqual(ids.read('f-3-7'), { number: undefined, atMs: 7 });
    for (const id of ['e-3', 'e-3.0-7', ' e-3-7', 'e-', 'e-3-7-', undefined]) {
      assert.equal(ids.read(id), undefined, String(id));
    }
  });

  test('forgets the oldest when what it knows is too large', async () => {
    const { bus, idsSince } = setup({ limits: { events: { itemsMax: 99, bytesMax: 4_000 } } });
    const large = (subject: string) => bus.publish('orders', [orderEvent(subject, { pad: 1_000 })]);
    await Promise.all(['a', 'b', 'c', 'd'].map(large));
    assert.equal(idsSince(2), undefined);
    assert.deepEqual(idsSince(3), ['e-4-7', 'e-5-7']);
  });

  test('does not forget events for fixes, however many', async () => {
    const limits = { events: small, fixes: small };
    const { bus, tell, newsSince, log } = setup({ limits }, everything);
    const from = log.last();
    await tell('a');
    for (let i = 1; i < 50; i += 1) bus.announce('gps_state', [gpsState(`v${i % 5}`, i)]);
    assert.ok(!log.isWholeSince(from, everything));
    // And of each vehicle the newest stays.
    const newest = ['a.1', 'v0.45', 'v1.46', 'v2.47', 'v3.48', 'v4.49'];
    assert.deepEqual(newsSince(from, false), newest);
  });

  test('passes over what it has heard, or something newer of the same', async () => {
    const { count, tell, newsSince } = setup();
    await tell('a', 1);
    await tell('a', 1);
    await tell('b', 2);
    await tell('b', 1);
    await tell('a', Number.NaN);
    await tell('a', 10);
    await tell('a', 9);
    assert.deepEqual(newsSince(1), ['a.1', 'b.2', 'a.10']);
    assert.equal(count.heard, 3);
  });

  test('tells things of different topics apart, also when they have the same name', async () => {
    const { bus, newsSince } = setup();
    await bus.publish('orders', [orderEvent('a', { version: 2 })]);
    await bus.publish('stock', [orderEvent('a', { version: 1 })]);
    assert.deepEqual(newsSince(1), ['a.2', 'a.1']);
  });

  test('listens while somebody is there and for a while longer, and then not at all', async () => {
    const { bus, hub, leave, tell, newsSince } = setup({ lingerMs: 40 });
    await tell('a');
    leave();
    leave();
    assert.ok(bus.isHeard('orders'));
    await tell('b');
    const again = hub.join(ofShop);
    assert.deepEqual(newsSince(2), ['b.1']);
    again();
    assert.ok(await until(async () => !bus.isHeard('orders') || undefined, 5_000));
    assert.ok(!bus.isHeard('stock'));
  });

  test('that comes back does not take the end of a visit for the end of the others', async () => {
    const { bus, hub, leave } = setup({ lingerMs: 20 });
    leave();
    const first = hub.join(ofShop);
    const second = hub.join(ofShop);
    first();
    assert.equal(await until(async () => !bus.isHeard('orders') || undefined, 100), undefined);
    second();
    assert.ok(await until(async () => !bus.isHeard('orders') || undefined, 5_000));
  });

  test('that did not listen for a while resumes nobody from before', async () => {
    const { bus, hub, leave, tell, idsSince, log } = setup({ lingerMs: 0 });
    await tell('a');
    const number = log.last();
    leave();
    assert.ok(await until(async () => !bus.isHeard('orders') || undefined, 5_000));
    await tell('missed');
    hub.join(ofShop);
    assert.equal(idsSince(number), undefined);
    assert.deepEqual(idsSince(log.last()), []);
  });

  test('hears fixes only while somebody wants them, and no number of before holds for them', async () => {
    const { bus, hub, tell, log } = setup();
    await tell('a');
    const number = log.last();
    assert.ok(!bus.isLiveHeard('gps_state'));
    hub.join(everything);
    assert.ok(bus.isLiveHeard('gps_state'));
    assert.ok(log.isWholeSince(number, ofShop));
    assert.ok(!log.isWholeSince(number, everything));
  });
});

describe('what a hub has not heard of fixes', () => {
  test('it asks for once when it begins to listen, and puts into its log what is news', async () => {
    const { bus, hub, asked, remembered, newsSince, log } = setup();
    remembered.push(newsItem('v', 5), newsItem('w', 9));
    hub.join(everything);
    const from = log.last();
    bus.announce('gps_state', [gpsState('v', 6)]);
    await Promise.all([hub.knowsFixes(), hub.knowsFixes()]);
    assert.deepEqual(newsSince(from), ['v.6', 'w.9']);
    assert.deepEqual(asked, [undefined]);
  });

  test('it asks for from the time on from which the bus may have lost something', async () => {
    const { bus, hub, asked, remembered, newsSince, log } = setup({}, everything);
    await hub.knowsFixes();
    const from = log.last();
    const atMs = Date.UTC(2026, 0, 1);
    remembered.push(newsItem('v', atMs), newsItem('v', atMs + 1_000));
    bus.announce('gps_state', [gpsState('v', atMs)]);
    bus.miss(atMs);
    await hub.knowsFixes();
    assert.deepEqual(newsSince(from), [`v.${atMs}`, `v.${atMs + 1_000}`]);
    assert.deepEqual(asked, [undefined, '2025-12-31T23:59:55.000Z']);
  });

  test('it asks for again until it is told', async () => {
    let failures = 3;
    const asked: (string | undefined)[] = [];
    const tracking = {
      async listNews({ since }: { since?: string }) {
        asked.push(since);
        failures -= 1;
        if (failures >= 0) throw new Error('away');
        return { items: [newsItem('v', 5)], isWhole: true };
      },
    };
    const { hub, bus, newsSince, log } = setup({ tracking, retryMs: 5 }, everything);
    const from = log.last();
    await assert.rejects(hub.knowsFixes(), /away/);
    bus.miss(10_000);
    const isTold = async () => newsSince(from).length === 1 || undefined;
    assert.ok(await until(isTold, 5_000));
    await hub.knowsFixes();
    assert.deepEqual(asked, [undefined, undefined, undefined, undefined]);
  });
});

test('however often and in whatever order events come, versions only rise and the last is there', () => {
  const event = fc.record({
    subject: fc.constantFrom('a', 'b', 'c'),
    version: fc.integer({ min: 1, max: 9 }),
  });
  const told = fc.array(event, { minLength: 1, maxLength: 60 }).chain((events) =>
    fc.record({
      events: fc.constant(events),
      // Some come again, and all in another order.
      extra: fc.subarray(events),
      order: fc.array(fc.nat(), { minLength: events.length * 2, maxLength: events.length * 2 }),
      /** After which ones somebody reads, who takes the newest of each or everything. */
      reads: fc.array(fc.tuple(fc.nat(120), fc.boolean()), { maxLength: 9 }),
    }),
  );
  fc.assert(
    fc.property(told, ({ events, extra, order, reads }) => {
      const { bus, hub, log } = setup();
      const shuffled = [...events, ...extra]
        .map((one, i) => ({ one, at: order[i] ?? 0 }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ one }) => one);
      const seen = new Map<string, number>();
      let cursor = log.last();
      const read = (isExact: boolean) => {
        const upTo = log.last();
        const chunk = log.read(all, { from: cursor, upTo, isExact });
        for (const [, key = '', version] of String(chunk?.bytes ?? '').matchAll(
          /"id":"(\w+)\.(\d+)"/g,
        )) {
          assert.ok(Number(version) > (seen.get(key) ?? 0), `${key}: ${version}`);
          seen.set(key, Number(version));
        }
        cursor = upTo;
      };
      for (const [i, { subject, version }] of shuffled.entries()) {
        void bus.publish('orders', [orderEvent(subject, { version })]);
        for (const [at, isExact] of reads) if (at === i) read(isExact);
      }
      read(true);
      for (const [subject, ofOne] of Map.groupBy(events, (one) => one.subject)) {
        assert.equal(seen.get(subject), Math.max(...ofOne.map(({ version }) => version)));
      }
      hub.close();
    }),
    { numRuns: 300 },
  );
});
