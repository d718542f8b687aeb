import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batcher } from './batcher.ts';
import { createMetrics } from './metrics.ts';

const metrics = createMetrics();
const turn = () => new Promise(setImmediate);

/** A batcher on a clock that only the test moves; a flush ends when the test says so. */
function setup(options: { sizeMax?: number; waitMsMax?: number; weightMax?: number } = {}) {
  let nowMs = 1_000;
  const batches: number[][] = [];
  let ends: (() => void)[] = [];
  const { add } = batcher<number, number>({
    name: 'overload',
    sizeMax: 10,
    inFlightMax: 1,
    queueMax: 10_000,
    waitMsMax: 100,
    weigh: (item) => item,
    ...options,
    metrics,
    clockMs: () => nowMs,
    async flush(items) {
      batches.push([...items]);
      await new Promise<void>((resolve) => ends.push(resolve));
      return items;
    },
  });
  /** Adds one and says, once it is known, whether it was let in. */
  const offer = async (item = 1, patienceMs = 60_000) => {
    const outcome = { refused: '' };
    add(item, { deadlineAtMs: nowMs + patienceMs }).catch((error: { code: string }) => {
      outcome.refused = error.code;
    });
    await Promise.resolve();
    return outcome.refused === '';
  };
  const pass = async (ms: number) => {
    nowMs += ms;
    for (const end of ends) end();
    ends = [];
    await turn();
    await turn();
  };
  const offerMany = async (count: number) => {
    const admitted = await Promise.all(Array.from({ length: count }, () => offer()));
    return admitted.filter(Boolean).length;
  };
  /** Flushes of ten that take so long each. */
  async function work(ms: number, rounds: number): Promise<void> {
    if (rounds === 0) return;
    await offerMany(10);
    await turn();
    await pass(ms);
    await work(ms, rounds - 1);
  }
  return { offer, offerMany, pass, work, batches, wait: (ms: number) => (nowMs += ms) };
}

test('lets in as many as come to their turn in time, at the pace of the last flushes', async () => {
  const { work, offerMany } = setup();
  await work(20, 30);
  await offerMany(10);
  await turn();
  // One flush of 20 ms is under way; four more full ones, and the fifth begins after 100 ms.
  assert.equal(await offerMany(100), 50);
});

test('a first flush that was slow is forgotten after a few', async () => {
  const { work, offerMany } = setup();
  await work(30_000, 1);
  await offerMany(10);
  await turn();
  assert.equal(await offerMany(100), 32, 'few may always wait');
  const slow = setup();
  await slow.work(30_000, 1);
  await slow.work(10, 40);
  await slow.offerMany(10);
  await turn();
  assert.ok((await slow.offerMany(100)) >= 90);
});

test('with nothing under way it takes whoever comes, whatever was measured', async () => {
  const { work, offerMany } = setup({ sizeMax: 1_000 });
  await work(30_000, 5);
  assert.equal(await offerMany(500), 500);
});

test('while a flush hangs, it takes no more than a few', async () => {
  const { work, offerMany, wait } = setup();
  await work(5, 10);
  await offerMany(10);
  await turn();
  wait(500);
  assert.equal(await offerMany(100), 32);
});

test('refuses at once whoever would be out of time before its turn', async () => {
  const { work, offerMany, offer } = setup();
  await work(50, 30);
  await offerMany(10);
  await turn();
  assert.deepEqual(await Promise.all([offer(1, 20), offer(1, 200)]), [false, true]);
});

test('a batch is no heavier than allowed, and one item alone may be', async () => {
  const { offer, batches, pass } = setup({ weightMax: 10 });
  await Promise.all([4, 4, 4, 50, 1, 9, 1].map((weight) => offer(weight)));
  for (let i = 0; i < 5; i += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one batch after the other
    await turn();
    // oxlint-disable-next-line no-await-in-loop -- one batch after the other
    await pass(1);
  }
  assert.deepEqual(batches, [[4, 4], [4], [50], [1, 9], [1]]);
});
