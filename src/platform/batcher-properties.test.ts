import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { callBy } from '../testing/call.ts';
import { batcher } from './batcher.ts';
import { AppError } from './errors.ts';
import { createMetrics } from './metrics.ts';

type Item = { fate: 'done' | 'refused' | 'poison'; weight: number };

const metrics = createMetrics();
const poison = new Error('poison');
const item: fc.Arbitrary<Item> = fc.record({
  fate: fc.constantFrom('done', 'done', 'done', 'refused', 'poison'),
  weight: fc.integer({ min: 0, max: 12 }),
});
const limits = fc.record({
  sizeMax: fc.integer({ min: 1, max: 8 }),
  weightMax: fc.integer({ min: 1, max: 20 }),
  inFlightMax: fc.integer({ min: 1, max: 3 }),
});
type Limits = typeof limits extends fc.Arbitrary<infer L> ? L : never;

/** What becomes of an item that travels alone. */
const alone = ({ fate }: Item) => (fate === 'done' ? 'fulfilled' : 'rejected');

/** A far end that answers when the scheduler says so, and looks whether the limits are kept. */
function farEnd(scheduler: fc.Scheduler, { sizeMax, weightMax, inFlightMax }: Limits) {
  const first: Item[][] = [];
  const seen = new Set<Item>();
  let running = 0;
  async function flush(items: readonly Item[]): Promise<(Item | AppError)[]> {
    const isNew = items.every((one) => !seen.has(one));
    if (isNew) first.push([...items]);
    for (const one of items) seen.add(one);
    running += 1;
    const weight = items.reduce((sum, one) => sum + one.weight, 0);
    assert.ok(running <= inFlightMax && items.length <= sizeMax, 'too many');
    assert.ok(items.length === 1 || weight <= weightMax, 'too heavy');
    await scheduler.schedule(Promise.resolve(), 'flush');
    running -= 1;
    if (items.some(({ fate }) => fate === 'poison')) throw poison;
    return items.map((one) => (one.fate === 'refused' ? new AppError('notFound', 'no') : one));
  }
  return { first, flush };
}

test('whatever ends first, each item fares as it would alone, and none is left without an answer', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(item, { maxLength: 40 }),
      limits,
      async (scheduler, items, bounds) => {
        const far = farEnd(scheduler, bounds);
        const { add } = batcher<Item, Item>({
          name: 'properties',
          ...bounds,
          queueMax: 1_000,
          metrics,
          flush: far.flush,
          weigh: ({ weight }) => weight,
          isPoison: (error) => error === poison,
        });
        const arrived: Item[] = [];
        const answers = items.map(async (one) => {
          await scheduler.schedule(Promise.resolve(), 'arrive');
          arrived.push(one);
          return add(one, callBy());
        });
        const settled = await scheduler.waitFor(Promise.allSettled(answers));

        assert.deepEqual(
          settled.map(({ status }) => status),
          items.map(alone),
        );
        for (const [i, answer] of settled.entries()) {
          if (answer.status === 'fulfilled') assert.equal(answer.value, items[i]);
          else if (items[i]?.fate === 'poison') assert.equal(answer.reason, poison);
          else assert.equal((answer.reason as AppError).code, 'notFound');
        }
        // First come, first sent.
        assert.deepEqual(far.first.flat(), arrived);
      },
    ),
    { numRuns: 150 },
  );
});

test('a bad item is found in few flushes, and nobody is asked about twice who was answered', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 256 }), fc.nat(), async (size, at) => {
      let flushes = 0;
      const answered = new Set<number>();
      const { add } = batcher<number, number>({
        name: 'properties',
        sizeMax: 256,
        inFlightMax: 1,
        queueMax: 1_000,
        metrics,
        isPoison: (error) => error === poison,
        async flush(items) {
          flushes += 1;
          assert.ok(items.every((one) => !answered.has(one)));
          if (items.includes(at % size)) throw poison;
          for (const one of items) answered.add(one);
          return items;
        },
      });
      const items = Array.from({ length: size }, (_, i) => i);
      const settled = await Promise.allSettled(items.map((one) => add(one, callBy())));

      assert.deepEqual(
        items.filter((i) => settled[i]?.status === 'rejected'),
        [at % size],
      );
      assert.ok(flushes <= 1 + 2 * Math.ceil(Math.log2(size)), `${flushes} flushes of ${size}`);
    }),
    { numRuns: 50 },
  );
});
