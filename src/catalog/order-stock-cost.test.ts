import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshOrderStock, orderOf } from './testing-orders.ts';

const { addMany, reserve } = await freshOrderStock();
const ids = await addMany('thing-', 20_000, 1_000);

/** The best of some tries, because whatever else runs here only makes it slower. */
async function millisecondsFor(batchSize: number, tries: number): Promise<number> {
  if (tries === 0) return Infinity;
  const orders = Array.from({ length: batchSize }, (_, i) => {
    const first = (tries * 7_919 + i * 131) % ids.length;
    const [a = '', b = ''] = [ids[first], ids[(first + 1) % ids.length]];
    return orderOf({ [a]: 1, [b]: 2 });
  });
  const startedAtMs = performance.now();
  await reserve(orders);
  const tookMs = performance.now() - startedAtMs;
  return Math.min(tookMs, await millisecondsFor(batchSize, tries - 1));
}

test('a batch 16 times as large among 20 000 products costs about 16 times as much', async () => {
  await millisecondsFor(32, 5);
  const smallMs = await millisecondsFor(32, 20);
  const largeMs = await millisecondsFor(512, 8);
  assert.ok(largeMs < 16 * smallMs * 3, `32: ${smallMs} ms, 512: ${largeMs} ms`);
});

test('so does one whose orders all want what only some can have', async () => {
  const [hot = ''] = await addMany('hot-', 1, 100);
  const scarce = async (count: number): Promise<number> => {
    const startedAtMs = performance.now();
    await reserve(
      Array.from({ length: count }, (_, i) => orderOf({ [hot]: 1, [ids[i] ?? '']: 1 })),
    );
    return performance.now() - startedAtMs;
  };
  await scarce(32);
  const smallMs = Math.min(await scarce(32), await scarce(32), await scarce(32));
  const largeMs = Math.min(await scarce(512), await scarce(512), await scarce(512));
  assert.ok(largeMs < 16 * smallMs * 3, `32: ${smallMs} ms, 512: ${largeMs} ms`);
});
