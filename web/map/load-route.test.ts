import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadRoute, toleranceOf } from './load-route.ts';

const fix = (second: number) => ({
  timestamp: new Date(second * 1_000).toISOString(),
  latitude: 0,
  longitude: 0,
});

test('a route is read page after page, and says how far it is', async () => {
  const told: number[] = [];
  const cursors: unknown[] = [];
  const route = await loadRoute(
    { fromMs: 0, toMs: 10_000 },
    {
      told: (share) => told.push(share),
      async ask({ cursor, toleranceMeters }) {
        assert.equal(toleranceMeters, undefined);
        cursors.push(cursor);
        return cursor === undefined
          ? { items: [fix(1), fix(5)], nextCursor: 'b' }
          : { items: [fix(9)] };
      },
    },
  );
  assert.deepEqual(route, { fixes: [fix(1), fix(5), fix(9)], isCut: false });
  assert.deepEqual(cursors, [undefined, 'b']);
  assert.deepEqual(told, [0.5]);
});

test('a route without end is cut', async () => {
  let pages = 0;
  const { isCut, fixes } = await loadRoute(
    { fromMs: 0, toMs: 86_400_000 },
    {
      told: () => undefined,
      async ask({ toleranceMeters }) {
        assert.equal(toleranceMeters, 5);
        pages += 1;
        return { items: Array.from({ length: 1_000 }, () => fix(pages)), nextCursor: 'more' };
      },
    },
  );
  assert.ok(isCut);
  assert.equal(fixes.length, 50_000);
});

test('the longer the time, the coarser the line', () => {
  const hours = (count: number) => toleranceOf({ fromMs: 0, toMs: count * 3_600_000 });
  assert.deepEqual([0.25, 1, 6, 24].map(hours), [undefined, undefined, 2, 5]);
});
