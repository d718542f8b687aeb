import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Connection } from '../platform/event-stream.ts';
import { until } from '../postgres/wait.ts';
import { callBy } from '../testing/call.ts';
import { chunkBytesMax } from './chunk.ts';
import { gpsState, newsOf, readSent, startStreams } from './testing-streams.ts';

const crowd = 300;
const vehicles = 25;

/** A connection whose reader takes everything at once, or nothing at all. */
function createConnection() {
  const state = { isReading: true, chunks: [] as Buffer[], pending: [] as Buffer[] };
  const connection = {
    destroyed: false,
    get writableLength(): number {
      return state.pending.reduce((sum, { length }) => sum + length, 0);
    },
    write: (bytes: Buffer): boolean => {
      (state.isReading ? state.chunks : state.pending).push(bytes);
      return state.isReading;
    },
    destroy: (): void => {
      connection.destroyed = true;
    },
    destroySoon: () => connection.destroy(),
  };
  return {
    connection: connection as unknown as Connection,
    chunks: () => state.chunks,
    pendingBytes: () => connection.writableLength,
    isCut: () => connection.destroyed,
    stall: () => void (state.isReading = false),
    readOn: () => {
      state.isReading = true;
      state.chunks.push(...state.pending.splice(0));
    },
    sent: () => readSent(Buffer.concat(state.chunks).toString()),
  };
}

async function setup(limits = {}) {
  const started = await startStreams({ limits: { perUserMax: crowd, ...limits } });
  const { streams, bus } = started;

  async function open(lastEventId?: string, isReading = true) {
    const caller = { kind: 'user', id: 'sue', role: 'staff', sessionId: 's', token: '' } as const;
    const input = { topics: 'fixes', ...(lastEventId !== undefined && { lastEventId }) };
    const stream = await streams.service.stream(input, callBy(caller));
    const reader = createConnection();
    if (!isReading) reader.stall();
    stream.start(reader.connection);
    return { ...reader, leave: () => stream.close() };
  }
  const openAll = (ids: readonly (string | undefined)[]) => Promise.all(ids.map((id) => open(id)));

  let told = 0;
  /** So many fixes, of one vehicle after the other. */
  const tell = (count: number) => {
    const states = Array.from({ length: count }, (_, i) =>
      gpsState(`v${(told + i) % vehicles}`, told + i),
    );
    told += count;
    bus.announce('gps_state', states);
    return states.map(({ key, value }) => `${key}.${String(value['sequence'])}`);
  };
  return { ...started, openOne: open, openAll, tell };
}

type Crowd = Awaited<ReturnType<Awaited<ReturnType<typeof setup>>['openAll']>>;

async function untilHeard(readers: Crowd, id: string): Promise<void> {
  const hasIt = ({ chunks }: Crowd[number]) => chunks().at(-1)?.includes(`"id":"${id}"`);
  const isSo = async () => readers.every(hasIt) || undefined;
  assert.ok(await until(isSo, 5_000), `not everybody has heard ${id}`);
}

const nobody = Array.from({ length: crowd }, () => undefined);
const isSlow = (_reader: unknown, i: number) => i % 10 === 0;
const isQuick = (_reader: unknown, i: number) => i % 10 !== 0;

describe('a crowd of which one in ten does not read', () => {
  test('costs the text of each moment once, and for who stalls no more than was on its way', async () => {
    const { openAll, tell, valueOf } = await setup();
    const readers = await openAll(nobody);
    const [slow, quick] = [readers.filter(isSlow), readers.filter(isQuick)];
    await untilHeard(readers, String(tell(1).at(-1)));
    for (const reader of slow) reader.stall();
    const all: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      const ids = tell(500);
      all.push(...ids);
      // oxlint-disable-next-line no-await-in-loop -- one wave after the other
      await untilHeard(quick, String(ids.at(-1)));
    }
    const first = quick[0] ?? assert.fail();
    assert.deepEqual(newsOf(first.sent()), ['v0.0', ...all]);
    // The very same bytes, apart from what was said to each in the beginning.
    for (const { chunks } of quick) {
      assert.ok(
        first
          ?.chunks()
          .slice(-10)
          .every((bytes, i) => chunks().slice(-10)[i] === bytes),
      );
    }
    const pending = slow.map(({ pendingBytes }) => pendingBytes());
    assert.ok(Math.max(...pending) <= chunkBytesMax, String(pending));
    assert.equal(await valueOf('bazar_streams_behind'), slow.length);

    for (const reader of slow) reader.readOn();
    await untilHeard(slow, String(all.at(-1)));
    for (const { sent } of slow) {
      const news = newsOf(sent());
      assert.deepEqual(news.slice(-vehicles), all.slice(-vehicles));
      assert.ok(news.length < all.length / 2, `${news.length} of ${all.length}`);
    }
    const more = tell(1);
    await untilHeard(readers, String(more[0]));
    assert.equal(await valueOf('bazar_streams_behind'), 0);
    assert.equal(await valueOf('bazar_streams_shortened_total'), slow.length);
  });

  test('loses who has not read anything for too long, and nobody else', async () => {
    const { openAll, tell, valueOf } = await setup({ stuckMs: 20 });
    const readers = await openAll(nobody);
    const [slow, quick] = [readers.filter(isSlow), readers.filter(isQuick)];
    for (const reader of slow) reader.stall();
    tell(10);
    assert.ok(await until(async () => slow.every(({ isCut }) => isCut()) || undefined, 5_000));
    assert.equal(await valueOf('bazar_streams_too_slow_total'), slow.length);
    await untilHeard(quick, String(tell(1)[0]));
    assert.ok(quick.every(({ isCut }) => !isCut()));
  });
});

describe('a crowd that drops and comes back at once', () => {
  test('has no gap, hears nothing twice, and asks nobody', async () => {
    const { openAll, tell, shop, untilOpen } = await setup();
    const readers = await openAll(nobody);
    const before = tell(200);
    await untilHeard(readers, String(before.at(-1)));
    for (const { leave } of readers) leave();
    await untilOpen(0);
    const meanwhile = tell(300);
    // Each was cut off somewhere else.
    const cuts = readers.map(({ sent }, i) => sent().slice(1)[i % 200]);
    const again = await openAll(cuts.map((cut) => cut?.id));
    const after = tell(100);
    await untilHeard(again, String(after.at(-1)));
    const all = [...before, ...meanwhile, ...after];
    for (const [i, { sent }] of again.entries()) {
      assert.deepEqual(newsOf(sent()), all.slice((i % 200) + 1), `reader ${i}`);
    }
    assert.deepEqual(shop.askedFixes, [undefined]);
  });

  test('is told all that it has missed, also who reads it slowly', async () => {
    const { openOne, tell } = await setup();
    const before = await openOne();
    const [first = ''] = tell(1);
    await untilHeard([before], first);
    before.leave();
    const all = tell(1_000);
    const again = await openOne(before.sent().at(-1)?.id, false);
    const readsOn = async () => {
      again.readOn();
      again.stall();
      return (
        again
          .chunks()
          .at(-1)
          ?.includes(`"id":"${String(all.at(-1))}"`) || undefined
      );
    };
    assert.ok(await until(readsOn, 5_000));
    assert.deepEqual(newsOf(again.sent()), all);
    assert.ok(again.chunks().length > 5);
  });
});
