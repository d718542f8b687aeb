import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal } from './fixture.ts';
import { emailKey, foldCase, usernameKey } from './names.ts';

test('takes names for the same that differ in case, width or composition only', () => {
  const same = [
    ['Ann', 'ANN', 'ann', 'Ａｎｎ'],
    ['Ágnes', 'A\u0301gnes', 'ÁGNES'],
    ['Μίνως', 'ΜΊΝΩΣ', 'μίνωσ'],
    ['ﬁona', 'FIONA'],
    ['Å', 'Å', 'å'],
  ];

  for (const names of same) {
    assert.equal(new Set(names.map(usernameKey)).size, 1, names.join(' '));
  }
});

test('tells different names apart', () => {
  const different = ['ann', 'anne', 'änn', 'ann_', 'ann.', 'анн'];

  assert.equal(new Set(different.map(usernameKey)).size, different.length);
});

test('folds what was folded to itself', () => {
  for (const text of ['İstanbul', 'ΣΑΣ', 'ǰ', 'ẞ', 'Ǆ', '\u1E9B\u0323']) {
    assert.equal(foldCase(foldCase(text)), foldCase(text), text);
  }
});

test('refuses letters that unfold into spaces, too much, or another @', () => {
  assert.throws(() => usernameKey('\ufdfa'), refusal('invalid', '/username'));
  assert.throws(() => usernameKey('㎁'.repeat(80)), refusal('invalid', '/username'));
  assert.throws(() => emailKey('a＠b@c.example'), refusal('invalid', '/email'));
  assert.throws(() => emailKey(`${'ﬃ'.repeat(100)}@c.example`), refusal('invalid', '/email'));
});
