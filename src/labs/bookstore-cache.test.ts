import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReadCache } from './bookstore-cache.ts';

/** A cache of two on a clock of its own, over a shop that can be made to wait. */
function makeCache() {
  const clock = { ms: 0 };
  const cache = createReadCache({ entriesMax: 2, keepMs: 1_000, clockMs: () => clock.ms });
  const ask = (item: string, value: unknown) =>
    cache.read({ key: `info ${item}`, item }, async () => value);
  return { cache, clock, ask };
}

test('answers a second time out of its memory, and counts it', async () => {
  const { cache, ask } = makeCache();
  assert.equal(await ask('1', 'old'), 'old');
  assert.equal(await ask('1', 'new'), 'old');
  assert.deepEqual(cache.counts(), { hits: 1, misses: 1, invalidations: 0, size: 1 });
});

test('forgets what nobody has asked for the longest', async () => {
  const { cache, ask } = makeCache();
  await ask('1', 'a');
  await ask('2', 'b');
  await ask('1', 'unused');
  await ask('3', 'c');
  assert.equal(await ask('1', 'again'), 'a');
  assert.equal(await ask('2', 'again'), 'again');
  assert.equal(cache.counts().size, 2);
});

test('believes nothing for longer than it may', async () => {
  const { clock, ask } = makeCache();
  await ask('1', 'old');
  clock.ms = 1_000;
  assert.equal(await ask('1', 'new'), 'new');
});

test('drops an item and no other before a write begins', async () => {
  const { cache, ask } = makeCache();
  await ask('1', 'old');
  await ask('2', 'old');
  const seen = await cache.write('1', async () => [cache.counts().size, await ask('1', 'during')]);
  assert.deepEqual(seen, [1, 'during']);
  assert.equal(await ask('1', 'new'), 'new');
  assert.equal(await ask('2', 'new'), 'old');
  assert.equal(cache.counts().invalidations, 1);
});

test('keeps nothing of a read that a write has overtaken', async () => {
  const { cache, ask } = makeCache();
  const slow = Promise.withResolvers<unknown>();
  const reading = cache.read({ key: 'info 1', item: '1' }, () => slow.promise);
  await cache.write('1', async () => undefined);
  slow.resolve('old');
  assert.equal(await reading, 'old');
  assert.equal(await ask('1', 'new'), 'new');
});

test('keeps nothing of a read that began while a write was under way', async () => {
  const { cache, ask } = makeCache();
  const slow = Promise.withResolvers<unknown>();
  const commit = Promise.withResolvers<void>();
  const writing = cache.write('1', () => commit.promise);
  const reading = cache.read({ key: 'info 1', item: '1' }, () => slow.promise);
  commit.resolve();
  await writing;
  slow.resolve('old');
  await reading;
  assert.equal(await ask('1', 'new'), 'new');
});

test('keeps nothing of a read that ends while a write is under way', async () => {
  const { cache, ask } = makeCache();
  const commit = Promise.withResolvers<void>();
  const first = cache.write('1', () => commit.promise);
  await cache.write('1', async () => undefined);
  await ask('1', 'old');
  commit.resolve();
  await first;
  assert.equal(await ask('1', 'new'), 'new');
});

test('forgets also when a write fails, because it may have been done', async () => {
  const { cache, ask } = makeCache();
  await ask('1', 'old');
  const failing = cache.write('1', () => Promise.reject(new Error('no answer')));
  await assert.rejects(failing, /no answer/);
  assert.equal(await ask('1', 'new'), 'new');
});

test('keeps nothing of a read that somebody has called old meanwhile', async () => {
  const { cache, ask } = makeCache();
  const slow = Promise.withResolvers<unknown>();
  const reading = cache.read({ key: 'info 1', item: '1' }, () => slow.promise);
  cache.invalidate('1');
  slow.resolve('old');
  await reading;
  assert.equal(await ask('1', 'new'), 'new');
});

test('keeps no failed read', async () => {
  const { cache, ask } = makeCache();
  const failing = cache.read({ key: 'info 1', item: '1' }, () => Promise.reject(new Error('no')));
  await assert.rejects(failing, /no/);
  assert.equal(await ask('1', 'new'), 'new');
});
