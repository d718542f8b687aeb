import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { line } from './line.ts';

test('gives back what was put in, in order, in batches that are neither too large nor too heavy', () => {
  const step = fc.record({
    pushed: fc.array(fc.nat(5), { maxLength: 30 }),
    sizeMax: fc.integer({ min: 1, max: 20 }),
    weightMax: fc.integer({ min: 1, max: 20 }),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const queue = line<{ n: number; weight: number }>();
      const waiting: { n: number; weight: number }[] = [];
      let n = 0;
      for (const { pushed, sizeMax, weightMax } of steps) {
        for (const weight of pushed) {
          const item = { n: (n += 1), weight };
          queue.push(item);
          waiting.push(item);
        }
        const batch = queue.take({ sizeMax, weightMax, isWanted: () => true });
        assert.deepEqual(batch, waiting.splice(0, batch.length));
        assert.equal(queue.size(), waiting.length);
        const weightOf = (items: { weight: number }[]) => items.reduce((w, i) => w + i.weight, 0);
        assert.equal(queue.weight(), weightOf(waiting));
        assert.ok(batch.length <= sizeMax && (batch.length <= 1 || weightOf(batch) <= weightMax));
        // Whoever is left did not fit.
        const full =
          batch.length === sizeMax || weightOf([...batch, ...waiting.slice(0, 1)]) > weightMax;
        assert.ok(full || waiting.length === 0);
      }
    }),
  );
});

test('stays in order when it is long, and passes over those who are not wanted', () => {
  const queue = line<{ n: number; weight: number }>();
  const taken: number[] = [];
  const isWanted = ({ n }: { n: number }) => n % 2 === 0;
  for (let n = 0; n < 10_000; n += 1) {
    queue.push({ n, weight: 1 });
    if (n % 3 > 0) continue;
    taken.push(...queue.take({ sizeMax: 1, weightMax: 1, isWanted }).map((item) => item.n));
  }
  const rest = queue.take({ sizeMax: Infinity, weightMax: Infinity, isWanted });
  taken.push(...rest.map((item) => item.n));
  assert.deepEqual(
    taken,
    Array.from({ length: 5_000 }, (_, i) => i * 2),
  );
  assert.deepEqual([queue.size(), queue.weight()], [0, 0]);
});
