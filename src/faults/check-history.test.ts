import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkHistory } from './check-history.ts';
import type { FoundOrder } from './facts-store.ts';
import type { Attempt, Seen } from './history.ts';

const body = JSON.stringify([{ productId: 'tea', quantity: 2 }]);
const line = { productId: 'tea', quantity: 2, unitPriceCents: 5 };
const found: FoundOrder = {
  id: 'o1',
  status: 'C',
  userId: 'ann',
  key: 'k1',
  lines: [line],
  totalCents: 10,
};
let t = 0;

/** An attempt after all others. */
function attempt(fields: Partial<Attempt>): Attempt {
  t += 2;
  const place = { f: 'place', p: 'c1.0', key: 'ann k1', body, type: 'ok' } as const;
  return { ...place, startedMs: t, endedMs: t + 1, ...fields };
}

const seen = (fields: Partial<Seen> = {}): Seen[] => [
  { id: 'o1', status: 'confirmed', version: '1', userId: 'ann', ...fields },
];
const placed = () => attempt({ seen: seen() });
const refused = (code: string, fields: Partial<Attempt> = {}) =>
  attempt({ type: 'fail', code, ...fields });
const unknown = (f: Attempt['f'] = 'place') => attempt({ f, type: 'info', code: 'noAnswer' });
const touched = (f: Attempt['f'], fields: Partial<Attempt> = {}) =>
  attempt({ f, key: 'o1', seen: seen(), ...fields });

function checkersOf(attempts: Attempt[], ...orders: Partial<FoundOrder>[]): string[] {
  const all = orders.map((fields) => ({ ...found, ...fields }));
  const checkers = checkHistory({ attempts, orders: all }).map(({ checker }) => checker);
  return [...new Set(checkers)];
}

test('what fits together is not blamed', () => {
  const cancelled = seen({ status: 'cancelled', version: '2' });
  assert.deepEqual(checkersOf([unknown(), placed(), placed(), unknown('abort')], {}), []);
  assert.deepEqual(checkersOf([unknown()], {}), []);
  assert.deepEqual(checkersOf([unknown()]), []);
  assert.deepEqual(checkersOf([refused('outOfStock')], { status: 'J' }), []);
  assert.deepEqual(checkersOf([refused('orderVoided'), attempt({ f: 'abort', seen: [] })]), []);
  const other = refused('keyReused', { f: 'placeOther', body: '[]' });
  assert.deepEqual(checkersOf([placed(), other], {}), []);
  const closed = [placed(), touched('cancel', { seen: cancelled }), attempt({ seen: cancelled })];
  assert.deepEqual(checkersOf(closed, { status: 'X' }), []);
});

test('L1: an order that was confirmed must be there', () => {
  assert.deepEqual(checkersOf([placed()]), ['L1']);
  assert.deepEqual(checkersOf([placed()], { status: 'V', key: null }), ['L1']);
});

test('L2: all answers to a key agree', () => {
  const twice = [placed(), attempt({ seen: seen({ id: 'o2' }) })];
  assert.deepEqual(checkersOf(twice, {}, { id: 'o2' }), ['L2']);
  const changed = [refused('outOfStock'), refused('orderVoided')];
  assert.deepEqual(checkersOf(changed, { status: 'J' }), ['L2']);
  assert.deepEqual(checkersOf([placed(), refused('keyReused')], {}), ['L2']);
  const foreign = attempt({ f: 'placeOther', seen: seen(), body: body.replace('tea', 'jam') });
  assert.deepEqual(checkersOf([placed(), foreign], {}), ['L2']);
});

test('L3: who was told that nothing was ordered has ordered nothing', () => {
  for (const lie of [
    refused('outOfStock'),
    refused('orderVoided'),
    attempt({ f: 'abort', seen: [] }),
  ]) {
    assert.deepEqual(checkersOf([unknown(), lie], {}), ['L3']);
  }
});

test('L4: what was cancelled or fulfilled stays so', () => {
  assert.deepEqual(checkersOf([placed(), touched('cancel')], {}), ['L4']);
  assert.deepEqual(checkersOf([placed(), touched('fulfil')], { status: 'X' }), ['L4']);
});

test('nothing is ordered that nobody has asked for', () => {
  assert.deepEqual(checkersOf([], {}), ['set-full']);
  const more = { lines: [{ ...line, quantity: 3 }] };
  assert.deepEqual(checkersOf([unknown()], more), ['set-full']);
});

test('what was read is not unread, and belongs to who reads it', () => {
  const cancelled = seen({ status: 'cancelled', version: '2' });
  const back = [placed(), touched('get', { seen: cancelled }), touched('get')];
  assert.deepEqual(checkersOf(back, {}), ['reads']);
  const gone = [placed(), refused('notFound', { f: 'get', key: 'o1' })];
  assert.deepEqual(checkersOf(gone, {}), ['reads']);
  const foreign = attempt({ f: 'list', key: 'bob', seen: seen() });
  assert.deepEqual(checkersOf([placed(), foreign], {}), ['reads']);
  // While both are under way, either may see what it wants.
  const first = placed();
  const early = touched('get', { endedMs: 99_999 });
  const closed = touched('get', { seen: cancelled });
  assert.deepEqual(checkersOf([first, closed, early], { status: 'X' }), []);
});

test('a fault of ours is never an answer', () => {
  assert.deepEqual(checkersOf([attempt({ type: 'info', code: 'internal' })]), ['answers']);
  assert.deepEqual(checkersOf([refused('invalid')]), ['answers']);
});
