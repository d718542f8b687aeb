import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectTime, readTime } from './times.ts';

test('reads a time with its zone, to the millisecond', () => {
  assert.equal(readTime('2026-11-20T12:00:00.1239Z'), Date.UTC(2026, 10, 20, 12, 0, 0, 123));
  assert.equal(readTime('2026-11-20t12:00:00z'), Date.UTC(2026, 10, 20, 12));
  assert.equal(readTime('2026-11-20T12:00:00+02:30'), Date.UTC(2026, 10, 20, 9, 30));
  assert.equal(readTime('2024-02-29T00:00:00Z'), Date.UTC(2024, 1, 29));
});

test('takes nothing that no calendar or clock shows', () => {
  const wrong = [
    '',
    'now',
    '2026-11-20',
    '2026-11-20T12:00:00',
    '2026-11-20 12:00:00Z',
    '2026-02-29T12:00:00Z',
    '2026-04-31T12:00:00Z',
    '2026-13-01T12:00:00Z',
    '2026-00-01T12:00:00Z',
    '2026-11-20T25:00:00Z',
    '2026-11-20T12:60:00Z',
    '2026-11-20T12:00:00.Z',
  ];
  assert.deepEqual(
    wrong.filter((text) => readTime(text) !== undefined),
    [],
  );
});

test('refuses a field that is no time, by its name', () => {
  assert.throws(() => expectTime('2026-02-30T00:00:00Z', '/until'), {
    code: 'invalid',
    errors: [{ in: 'query', pointer: '/until', detail: 'is not a time of RFC 3339' }],
  });
});
