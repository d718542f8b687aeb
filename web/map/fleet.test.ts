import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFleet, find, fixesIn } from './fleet.ts';

const at = (second: number, more = {}) => ({
  timestamp: new Date(second * 1_000).toISOString(),
  latitude: 1,
  longitude: 2,
  ...more,
});

test('a vehicle is where its newest fix says, whichever is heard first', () => {
  const fleet = createFleet();
  assert.ok(fleet.hear({ vehicleId: 'a', ...at(10) }));
  assert.ok(!fleet.hear({ vehicleId: 'a', ...at(9) }));
  assert.ok(!fleet.hear({ vehicleId: 'a', ...at(10) }));
  fleet.list([{ id: 'a', name: 'Anna', state: at(8) }]);
  assert.deepEqual(fleet.all.get('a'), { id: 'a', name: 'Anna', fix: at(10), timeMs: 10_000 });
  fleet.hear({ vehicleId: 'a', ...at(11) });
  assert.equal(fleet.all.get('a')?.name, 'Anna');
});

test('a vehicle that was never seen is listed without a place', () => {
  const fleet = createFleet();
  fleet.list([{ id: 'a' }]);
  assert.deepEqual(fleet.all.get('a'), { id: 'a', timeMs: 0 });
});

test('there is room for so many, and it is known that there are more', () => {
  const fleet = createFleet(1);
  fleet.list([{ id: 'a' }]);
  assert.ok(!fleet.isCut());
  assert.ok(!fleet.hear({ vehicleId: 'b', ...at(1) }));
  assert.ok(fleet.hear({ vehicleId: 'a', ...at(1) }));
  assert.ok(fleet.isCut());
  assert.deepEqual([...fleet.all.keys()], ['a']);
});

test('snapshots and single events tell fixes, other events none', () => {
  const news = { vehicleId: 'a', ...at(1) };
  const event = (type: string, data: object) => ({ type, id: '1', data: JSON.stringify(data) });
  assert.deepEqual(fixesIn(event('snapshot', { fixes: [news] })), [news]);
  assert.deepEqual(fixesIn(event('snapshot', { orders: [] })), []);
  assert.deepEqual(fixesIn(event('fix.v1', { data: news })), [news]);
  assert.deepEqual(fixesIn(event('order.placed.v1', {})), []);
});

test('vehicles are found by name and by id, in the order of their names', () => {
  const all = [
    { id: 'v-2', name: 'Zoe', timeMs: 0 },
    { id: 'v-10', timeMs: 0 },
    { id: 'v-1', timeMs: 0 },
    { id: 'x', name: 'Van of Ada', timeMs: 0 },
  ];
  assert.deepEqual(
    find(all, '').map(({ id }) => id),
    ['v-1', 'v-10', 'x', 'v-2'],
  );
  assert.deepEqual(
    find(all, ' V-2 ').map(({ id }) => id),
    ['v-2'],
  );
  assert.deepEqual(
    find(all, 'ada').map(({ id }) => id),
    ['x'],
  );
});
