import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { fingerprintOf, mergeLines } from './lines.ts';
import { orderQuantityMax } from './shapes.ts';

const line = fc.record({
  productId: fc.constantFrom('ring', 'ring2', 'Ring', 'r.1', 'r-1', '1'),
  quantity: fc.integer({ min: 1, max: 1_000 }),
});
const lines = fc.array(line, { minLength: 1, maxLength: 20 });
const shuffled = lines.chain((list) =>
  fc.tuple(
    fc.constant(list),
    fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
  ),
);

function sums(list: { productId: string; quantity: number }[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { productId, quantity } of list) sum[productId] = (sum[productId] ?? 0) + quantity;
  return sum;
}

test('lines of one product become one line, and no unit is lost', () => {
  fc.assert(
    fc.property(lines, (list) => {
      const merged = mergeLines(list);
      assert.deepEqual(sums(merged), sums(list));
      assert.equal(new Set(merged.map(({ productId }) => productId)).size, merged.length);
    }),
  );
});

test('merged lines stay as they are, in the order in which products came first', () => {
  fc.assert(
    fc.property(lines, (list) => {
      const merged = mergeLines(list);
      assert.deepEqual(mergeLines(merged), merged);
      const firsts = [...new Set(list.map(({ productId }) => productId))];
      assert.deepEqual(
        merged.map(({ productId }) => productId),
        firsts,
      );
    }),
  );
});

test('the lines that were given are not changed', () => {
  const given = [
    { productId: 'ring', quantity: 1 },
    { productId: 'ring', quantity: 2 },
  ];
  mergeLines(given);
  assert.deepEqual(sums(given.slice(0, 1)), { ring: 1 });
});

test('the order of lines makes no other fingerprint', () => {
  fc.assert(
    fc.property(shuffled, ([one, other]) => {
      assert.equal(fingerprintOf(mergeLines(one)), fingerprintOf(mergeLines(other)));
    }),
  );
});

test('the fingerprint is the same just when the products and how many of them are', () => {
  fc.assert(
    fc.property(lines, lines, (one, other) => {
      const isSame = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
      const [left, right] = [one, other].map((list) => fingerprintOf(mergeLines(list)));
      assert.equal(left === right, isSame);
    }),
  );
});

function sorted(list: { productId: string; quantity: number }[]) {
  return Object.entries(sums(list)).toSorted(([one], [other]) => (one < other ? -1 : 1));
}

test('one unit more, another product, or a line more makes another fingerprint', () => {
  fc.assert(
    fc.property(lines, fc.nat(), (list, n) => {
      const merged = mergeLines(list);
      const print = fingerprintOf(merged);
      const at = n % merged.length;
      const more = merged.map((each, i) =>
        i === at ? { ...each, quantity: each.quantity + 1 } : each,
      );
      const another = merged.map((each, i) => (i === at ? { ...each, productId: 'other' } : each));
      const longer = [...merged, { productId: 'other', quantity: 1 }];
      for (const changed of [more, another, longer]) assert.notEqual(fingerprintOf(changed), print);
    }),
  );
});

test('a fingerprint is 16 bytes, and does not change from one release to the next', () => {
  const merged = [
    { productId: 'ring', quantity: 2 },
    { productId: 'cup', quantity: 1 },
  ];
  assert.equal(fingerprintOf(merged), 'f54bc4332493a8ae51b379c8389109b1');
});

test('more of one product than an order may have is refused, in the line where it gets too much', () => {
  const half = { productId: 'ring', quantity: orderQuantityMax / 2 };
  assert.deepEqual(mergeLines([half, half]), [{ productId: 'ring', quantity: orderQuantityMax }]);
  const cup = { productId: 'cup', quantity: 1 };
  assert.throws(
    () => mergeLines([half, cup, half, { ...cup, productId: 'ring' }]),
    (error: { code: string; errors: { pointer: string }[] }) =>
      error.code === 'invalid' && error.errors[0]?.pointer === '/lines/3/quantity',
  );
});
