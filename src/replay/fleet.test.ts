import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fleet } from './schedule.ts';
import { rowsAt } from './testing.ts';

test('each vehicle of a fleet begins at another place, and comes around once', () => {
  const rows = rowsAt(10, 11, 12, 13);
  const seen = [...fleet({ vehicles: ['v-1', 'v-2'], rows, isLoop: false })];
  const of = (name: string) =>
    seen
      .filter(({ vehicle }) => vehicle === name)
      .map(({ atMs, fix }) => [atMs, fix.latitude * 1_000]);
  assert.deepEqual(of('v-1'), [
    [0, 0],
    [1_000, 1],
    [2_000, 2],
    [3_000, 3],
  ]);
  assert.deepEqual(of('v-2'), [
    [0, 2],
    [1_000, 3],
    [2_000, 0],
    [3_000, 1],
  ]);
});

test('a fleet is spread evenly, and is one schedule for ever', () => {
  const rows = rowsAt(...Array.from({ length: 30 }, (_, i) => 10 + i));
  const vehicles = Array.from({ length: 100 }, (_, i) => `v-${i + 1}`);
  const seen = fleet({ vehicles, rows, isLoop: true }).take(9_000).toArray();
  const times = seen.map(({ atMs }) => atMs);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  // Three laps of thirty rows for each.
  for (const name of vehicles) {
    const own = seen.filter(({ vehicle }) => vehicle === name);
    assert.ok(Math.abs(own.length - 90) <= 1, name);
  }
  const perTenth = Object.values(Object.groupBy(seen, ({ atMs }) => Math.floor(atMs / 100)));
  assert.ok(perTenth.every((some = []) => some.length <= 11));
});

test('a gap in the track is one for each vehicle, where it comes to it', () => {
  const rows = rowsAt(0, 1, 2, 3_600, 3_601);
  const seen = [...fleet({ vehicles: ['v-1', 'v-2'], rows, isLoop: false })];
  // Half the lap of 3602 s is within the gap, so the second one waits first.
  const second = seen.filter(({ vehicle }) => vehicle === 'v-2').map(({ atMs }) => atMs / 1_000);
  assert.deepEqual(second, [1_799, 1_800, 1_801, 1_802, 1_803]);
});

test('a track without rows is over at once', () => {
  assert.deepEqual([...fleet({ vehicles: ['v-1'], rows: [], isLoop: true })], []);
});
