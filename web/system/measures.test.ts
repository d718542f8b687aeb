import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processOf } from './fixture.ts';
import { measures, newestOf, timelineOf, together } from './measures.ts';

test('lays processes upon each other by their ends, and adds up what each had', () => {
  const old = processOf({ series: { requestsPerSecond: [1, 2, null], p99Ms: [9, 9, 9] } });
  const young = processOf({ series: { requestsPerSecond: [10, null], p99Ms: [4, 11] } });

  const { times, values } = timelineOf([old, young]);

  assert.deepEqual(values.get('requestsPerSecond'), [1, 12, null]);
  assert.deepEqual(values.get('p99Ms'), [9, 9, 11]);
  const end = Date.parse('2026-01-02T12:00:00.000Z') / 1_000;
  assert.deepEqual(times, [end - 60, end - 30, end]);
});

test('is empty as long as nothing was measured', () => {
  const { times, values } = timelineOf([processOf()]);

  assert.deepEqual([times, values.get('p50Ms')], [[], []]);
});

test('makes one number of several as far as they are known', () => {
  const values = [1, null, 3];

  assert.equal(together(values, 'sum'), 4);
  assert.equal(together(values, 'worst'), 3);
  assert.equal(together(values, 'mean'), 2);
  assert.equal(together([null], 'sum'), undefined);
});

test('tells what is now before what was at the last point, and nothing old', () => {
  const processes = [
    processOf({ memoryBytes: 5, series: { memoryBytes: [1, 2], p50Ms: [7, null] } }),
    processOf({ memoryBytes: 6, series: { memoryBytes: [1, 2] } }),
  ];
  const newest = (name: string) => {
    const measure = measures.find((one) => one.name === name);
    return measure && newestOf(measure, processes, timelineOf(processes));
  };

  assert.equal(newest('memoryBytes'), 11);
  assert.equal(newest('p50Ms'), undefined);
});
