import assert from 'node:assert/strict';
import { test } from 'node:test';
import { booksOf, meaningOf } from './books.ts';

const rule = (service: string, invariant: string, violations = 0) => ({
  service,
  invariant,
  violations,
});

test('the books add up while no process has found anything', () => {
  const books = booksOf([
    {
      invariants: [rule('catalog', 'K1'), rule('orders', 'O1')],
      audits: [
        { service: 'catalog', at: '2026-01-01T00:00:05.000Z' },
        { service: 'orders', at: '2026-01-01T00:00:02.000Z' },
      ],
    },
  ]);

  assert.deepEqual(books.violated, []);
  assert.equal(books.checkedAt, '2026-01-01T00:00:02.000Z');
});

test('what several processes have found of one rule is added up', () => {
  const { rules, violated } = booksOf([
    { invariants: [rule('catalog', 'K1', 1), rule('catalog', 'K2')], audits: [] },
    { invariants: [rule('catalog', 'K1', 2), rule('orders', 'K2')], audits: [] },
  ]);

  assert.equal(rules.length, 3);
  assert.deepEqual(violated, [rule('catalog', 'K1', 3)]);
});

test('of one service the newest audit of all its processes counts', () => {
  const at = (time: string) => ({ invariants: [], audits: [{ service: 'catalog', at: time }] });
  const books = booksOf([at('2026-01-01T00:00:01.000Z'), at('2026-01-01T00:00:09.000Z')]);

  assert.equal(books.checkedAt, '2026-01-01T00:00:09.000Z');
});

test('books of which one service was never audited were not checked', () => {
  const audits = [{ service: 'catalog', at: '2026-01-01T00:00:01.000Z' }, { service: 'orders' }];

  assert.equal(booksOf([{ invariants: [], audits }]).checkedAt, undefined);
});

test('the same name means something else in another service', () => {
  assert.notEqual(meaningOf(rule('catalog', 'K2')), meaningOf(rule('orders', 'K2')));
});
