import assert from 'node:assert/strict';
import { test } from 'node:test';
import { periodOf } from './period.ts';

const now = new Date('2026-11-20T12:00:00Z');
const period = (asked: { from?: string; to?: string }) => {
  const { fromMs, toMs } = periodOf(asked, now);
  return [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
};

test('it is the last day, as far as nothing else is said', () => {
  assert.deepEqual(period({}), ['2026-11-19T12:00:00.000Z', '2026-11-20T12:00:00.000Z']);
  assert.deepEqual(period({ to: '2026-03-01T12:00:00+02:00' }), [
    '2026-02-28T10:00:00.000Z',
    '2026-03-01T10:00:00.000Z',
  ]);
  assert.deepEqual(period({ from: '2026-11-01T00:00:00Z' }), [
    '2026-11-01T00:00:00.000Z',
    '2026-11-20T12:00:00.000Z',
  ]);
});

test('it may be a moment, and 31 days, and not a millisecond more', () => {
  const to = '2026-11-20T12:00:00Z';
  assert.deepEqual(new Set(period({ from: to, to })).size, 1);
  assert.equal(period({ from: '2026-10-20T12:00:00Z', to })[0], '2026-10-20T12:00:00.000Z');
  for (const from of ['2026-10-20T11:59:59.999Z', '2026-11-20T12:00:00.001Z']) {
    assert.throws(() => period({ from, to }), { code: 'invalid' });
  }
});

test('a day that no calendar has is refused', () => {
  for (const asked of [{ from: '2026-02-30T00:00:00Z' }, { to: '2026-11-31T00:00:00Z' }]) {
    assert.throws(() => period(asked), { code: 'invalid' });
  }
});
