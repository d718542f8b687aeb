import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressKey } from './guard.ts';
import { createLimiter } from './limiter.ts';

test('spends the whole allowance at once, and says when the next request may come', () => {
  const { take } = createLimiter('test', 3, () => 0);
  const answers = Array.from({ length: 4 }, () => take('a'));
  assert.deepEqual(
    answers.map(({ allowed, remaining }) => [allowed, remaining]),
    [
      [true, 2],
      [true, 1],
      [true, 0],
      [false, 0],
    ],
  );
  assert.equal(answers[3]?.resetSeconds, 20);
});

test('gives the allowance back little by little, to each key its own', () => {
  let nowMs = 0;
  const { take } = createLimiter('test', 2, () => nowMs);
  for (const key of ['a', 'a', 'b', 'b']) take(key);
  nowMs = 30_000;
  assert.deepEqual([take('a').allowed, take('a').allowed, take('b').allowed], [true, false, true]);
});

test('never lets through more than the rate and one burst', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.array(fc.nat(3_000)),
      (perMinuteMax, pauses) => {
        let nowMs = 0;
        const { take } = createLimiter('test', perMinuteMax, () => nowMs);
        let passed = 0;
        for (const pauseMs of pauses) {
          nowMs += pauseMs;
          if (take('a').allowed) passed += 1;
        }
        assert.ok(passed <= perMinuteMax + (perMinuteMax * nowMs) / 60_000 + 1e-6);
      },
    ),
  );
});

test('counts one household as one address', () => {
  assert.equal(addressKey('2001:db8:1:2:3:4:5:6'), addressKey('2001:db8:1:2::9'));
  assert.notEqual(addressKey('2001:db8:1:2::1'), addressKey('2001:db8:1:3::1'));
  assert.equal(addressKey('::1'), '0:0:0:0');
  assert.equal(addressKey('203.0.113.9'), '203.0.113.9');
  assert.equal(addressKey('::ffff:203.0.113.9'), '::ffff:203.0.113.9');
});
