import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linesMax, quantityMax, readKept, withMore, withQuantity, writeKept } from './kept.ts';

const lines = [
  { productId: 'pan', quantity: 2 },
  { productId: 'pot', quantity: 1 },
];
const attempt = { key: 'k', userId: 'ann' };

test('what was kept is read as it was', () => {
  assert.deepEqual(readKept(writeKept({ lines, attempt })), { lines, attempt });
  assert.deepEqual(readKept(writeKept({ lines })), { lines });
});

test('garbage is an empty basket', () => {
  const garbage = [null, '', '{', '7', 'null', '[]', '{"lines":7}', '{"lines":{"0":1}}'];
  for (const text of [...garbage, `{"lines":[]}${' '.repeat(200_000)}`]) {
    assert.deepEqual(readKept(text), { lines: [] }, String(text).slice(0, 40));
  }
});

test('of a basket with garbage in it the good lines are read, each product once', () => {
  const bad = [
    null,
    7,
    {},
    { productId: 'a b', quantity: 1 },
    { productId: 'x', quantity: 0 },
    { productId: 'x', quantity: 1.5 },
    { productId: 'x', quantity: quantityMax + 1 },
    { productId: 'x', quantity: '1' },
    { productId: 'pan', quantity: 9 },
  ];
  const text = JSON.stringify({ lines: [{ ...lines[0], more: 1 }, ...bad, lines[1]] });

  assert.deepEqual(readKept(text), { lines });
});

test('a key that cannot have been made here is none', () => {
  const bad = [null, 'k', { key: 'k' }, { key: 'k k', userId: 'ann' }, { key: '', userId: 'ann' }];
  for (const odd of bad) {
    const text = JSON.stringify({ lines, attempt: odd });
    assert.deepEqual(readKept(text), { lines }, JSON.stringify(odd));
  }
});

test('more of a product is added to its line, up to a limit', () => {
  assert.deepEqual(withMore(lines, { productId: 'pan', quantity: 3 }), [
    { productId: 'pan', quantity: 5 },
    lines[1],
  ]);
  assert.deepEqual(withMore(lines, { productId: 'pan', quantity: quantityMax }), [
    { productId: 'pan', quantity: quantityMax },
    lines[1],
  ]);
});

test('a full basket takes more of what is in it, and nothing new', () => {
  const full = Array.from({ length: linesMax }, (_, i) => ({ productId: `p${i}`, quantity: 1 }));

  assert.equal(withMore(full, { productId: 'pan', quantity: 1 }), undefined);
  assert.equal(withMore(full, { productId: 'p7', quantity: 1 })?.[7]?.quantity, 2);
  assert.equal(readKept(writeKept({ lines: [...full, ...lines] })).lines.length, linesMax);
});

test('none of a product is no line', () => {
  assert.deepEqual(withQuantity(lines, 'pan', 0), [lines[1]]);
  assert.deepEqual(withQuantity(lines, 'pot', 4), [lines[0], { productId: 'pot', quantity: 4 }]);
});
