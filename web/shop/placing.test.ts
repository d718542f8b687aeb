import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, refusals, type ErrorCode } from '../../src/platform/errors.ts';
import {
  after,
  attemptIn,
  idle,
  isLocked,
  shortLinesIn,
  unknownIn,
  type Event,
  type Placing,
} from './placing.ts';

const attempt = { key: 'first', userId: 'ann' };
const placing: Placing = { state: 'placing', attempt, isAgain: false };
const placingAgain: Placing = { state: 'placing', attempt, isAgain: true };
const callingOff: Placing = { state: 'callingOff', attempt };
const unresolved: Placing = { state: 'unresolved', attempt };
const short = failed('outOfStock', {
  lines: [{ productId: 'pan', asked: 8, available: 7 }],
});
const refused: Placing = { state: 'refused', problem: short.problem };

const tried: Event = { kind: 'tried', userId: 'ann', newKey: 'second' };

function failed(code: ErrorCode, details?: unknown) {
  return { kind: 'failed', problem: new AppError(code, 'no', { details }) } as const;
}

const codes = Object.keys(refusals) as ErrorCode[];
const verdicts: ErrorCode[] = [
  'outOfStock',
  'unknownProduct',
  'keyReused',
  'orderVoided',
  'invalid',
];
const doubtful = codes.filter(
  (code) => refusals[code][0] >= 500 || code === 'inFlight' || code === 'requestTimeout',
);

test('a first try, and one after a refusal, has a new key', () => {
  for (const before of [idle, refused]) {
    const begun = after(before, tried);

    const expected = { key: 'second', userId: 'ann' };
    assert.deepEqual(begun, { state: 'placing', attempt: expected, isAgain: false });
  }
});

test('a try after no answer has the key of the one before', () => {
  assert.deepEqual(after(unresolved, tried), placingAgain);
});

test('a try of another user has a new key', () => {
  const begun = after(unresolved, { ...tried, userId: 'bob' });

  assert.deepEqual(attemptIn(begun), { key: 'second', userId: 'bob' });
  assert.equal(begun.state === 'placing' && begun.isAgain, false);
});

test('a second press while it is under way changes nothing', () => {
  for (const before of [placing, placingAgain, callingOff]) {
    assert.equal(after(before, tried), before);
    assert.equal(after(before, { kind: 'givenUp' }), before);
  }
});

test('what is ordered is done with, and its key is dropped', () => {
  for (const before of [placing, placingAgain, callingOff]) {
    assert.equal(after(before, { kind: 'ordered' }), idle);
  }
});

test('a refusal that settles the key drops it, whatever was tried before', () => {
  for (const before of [placing, placingAgain, callingOff]) {
    for (const code of verdicts) {
      const settled = after(before, failed(code));

      assert.equal(settled.state, 'refused', `${before.state} ${code}`);
      assert.equal(attemptIn(settled), undefined);
    }
  }
});

test('without a clear answer the key is kept', () => {
  for (const before of [placing, placingAgain, callingOff]) {
    for (const code of doubtful) {
      const open = after(before, failed(code));

      assert.equal(open.state, 'unresolved', `${before.state} ${code}`);
      assert.deepEqual(attemptIn(open), attempt);
    }
  }
});

test('a refusal at the door settles a first try, and nothing about an earlier one', () => {
  const atTheDoor = codes.filter((code) => !verdicts.includes(code) && !doubtful.includes(code));
  assert.ok(atTheDoor.includes('rateLimited') && atTheDoor.includes('unauthorized'));
  for (const code of atTheDoor) {
    assert.equal(after(placing, failed(code)).state, 'refused', code);
    assert.equal(after(placingAgain, failed(code)).state, 'unresolved', code);
    assert.equal(after(callingOff, failed(code)).state, 'unresolved', code);
  }
});

test('only what is not known can be called off', () => {
  assert.deepEqual(after(unresolved, { kind: 'givenUp' }), callingOff);
  for (const before of [idle, refused]) assert.equal(after(before, { kind: 'givenUp' }), before);
});

test('what was voided is free to be changed and ordered anew', () => {
  assert.equal(after(callingOff, { kind: 'voided' }), idle);
});

test('an answer that nobody waits for any more changes nothing', () => {
  for (const before of [idle, unresolved, refused]) {
    for (const late of [short, { kind: 'ordered' }, { kind: 'voided' }] as const) {
      assert.equal(after(before, late), before);
    }
  }
});

test('what another page has begun is not known here, until it is over there', () => {
  for (const before of [idle, refused]) {
    assert.deepEqual(after(before, { kind: 'heard', attempt }), unresolved);
  }
  assert.equal(after(unresolved, { kind: 'heard', attempt: undefined }), idle);
});

test('what another page has kept does not take away what is known here', () => {
  const known: Placing = { ...unresolved, problem: short.problem };
  assert.equal(after(known, { kind: 'heard', attempt }), known);
  assert.equal(after(refused, { kind: 'heard', attempt: undefined }), refused);
  for (const before of [placing, placingAgain, callingOff]) {
    assert.equal(after(before, { kind: 'heard', attempt: undefined }), before);
  }
});

test('the lines are locked exactly as long as a key is kept', () => {
  for (const open of [placing, placingAgain, callingOff, unresolved]) assert.ok(isLocked(open));
  for (const free of [idle, refused]) assert.ok(!isLocked(free));
});

test('a refusal names its lines, and nothing else does', () => {
  const unknown = after(placing, failed('unknownProduct', { productIds: ['pot'] }));

  assert.deepEqual(shortLinesIn(refused), [{ productId: 'pan', asked: 8, available: 7 }]);
  assert.deepEqual(unknownIn(unknown), ['pot']);
  assert.deepEqual(shortLinesIn(unknown), []);
  assert.deepEqual(unknownIn(refused), []);
  assert.deepEqual(shortLinesIn(after(placing, failed('outOfStock'))), []);
});
