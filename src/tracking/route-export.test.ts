import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callByStaff } from '../testing/call.ts';
import { fixAt } from './fixture.ts';
import { routeExport } from './route-export.ts';
import type { RouteRow, Stretch } from './route-store.ts';

const none = { elevation: null, accuracy: null, bearing: null, speedMetersPerSecond: null };
const nowhere = { ...none, satellites: null, hdop: null, vdop: null, pdop: null };
const wanted = { vehicle: 1, fromMs: 0, toMs: 1, toleranceMeters: undefined };

/** A vehicle with so many fixes, and how often it was asked for them. */
function storeWith(fixes: number) {
  const asked: number[] = [];
  let given = 0;
  async function read({ fromMs, limit }: Stretch): Promise<RouteRow[]> {
    asked.push(fromMs);
    const rows = Array.from({ length: Math.min(limit, fixes - given) }, (_, nth) => ({
      ...nowhere,
      ...fixAt((given + nth) / 1_000),
    }));
    given += rows.length;
    return rows;
  }
  return { read, nameOf: async () => undefined, asked };
}

/** A writer that counts. */
function counter() {
  let fixes = 0;
  let most = 0;
  return {
    add(some: readonly unknown[]) {
      fixes += some.length;
      most = Math.max(most, some.length);
    },
    end: () => JSON.stringify({ fixes, most }),
  };
}

test('a route is written a thousand fixes at a time, each page after the one before', async () => {
  const store = storeWith(2_345);
  const text = await routeExport(store)(wanted, counter(), callByStaff());
  assert.deepEqual(JSON.parse(text), { fixes: 2_345, most: 1_000 });
  const start = Date.parse(fixAt(0).timestamp);
  assert.deepEqual(store.asked, [0, start + 1_000, start + 2_000]);
});

test('a hundred thousand fixes are a route, one more is too many', async () => {
  const text = await routeExport(storeWith(100_000))(wanted, counter(), callByStaff());
  assert.deepEqual(JSON.parse(text), { fixes: 100_000, most: 1_000 });
  const tooLong = routeExport(storeWith(100_001))(wanted, counter(), callByStaff());
  await assert.rejects(tooLong, { code: 'invalid', message: /ask for a shorter time/ });
});

test('a route that nobody waits for any more is not read on', async () => {
  const store = storeWith(100_000);
  const call = { ...callByStaff(), deadlineAtMs: performance.now() };
  const late = routeExport(store)(wanted, counter(), call);
  await assert.rejects(late, { code: 'deadlineExceeded' });
  assert.deepEqual(store.asked, []);
});

test('only so many are written at once, and then others again', async () => {
  const exportRoute = routeExport({ ...storeWith(0), read: async () => [] });
  const write = () => exportRoute(wanted, counter(), callByStaff());
  const codes = async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 9 }, write));
    return outcomes.map((one) =>
      one.status === 'rejected' ? (one.reason as { code: string }).code : 'written',
    );
  };
  const expected = [...Array.from({ length: 8 }, () => 'noFixes'), 'overloaded'];
  assert.deepEqual(await codes(), expected);
  assert.deepEqual(await codes(), expected);
});
