import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localText, periodOf } from './period.ts';

test('a period ends now, or is the one that was typed', () => {
  const typed = { from: '2026-01-01T10:00', to: '2026-01-01T11:30' };
  assert.deepEqual(periodOf({ length: '900', ...typed }, 1_000_000), {
    fromMs: 100_000,
    toMs: 1_000_000,
  });
  const { fromMs, toMs } = periodOf({ length: 'own', ...typed }, 0);
  assert.equal(toMs - fromMs, 5_400_000);
  assert.equal(localText(fromMs), typed.from);
});
