import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import { strict } from './api.ts';
import { checks } from './validate.ts';

const query = strict({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  seconds: Type.Optional(Type.Number({ minimum: 0.1, maximum: 86_400 })),
});

test('reads numbers out of text as people write them', () => {
  const check = checks()('query', query);
  const read = (fields: object) => {
    check(fields);
    return fields;
  };
  assert.deepEqual(read({ limit: '5', seconds: '0.5' }), { limit: 5, seconds: 0.5 });
  assert.deepEqual(read({ seconds: '1e3' }), { seconds: 1_000 });
});

test('refuses what only a programming language calls a number', () => {
  const check = checks()('query', query);
  for (const text of [
    '0x10',
    '0b11',
    ' 5',
    '5 ',
    '',
    'Infinity',
    '-Infinity',
    'NaN',
    '1e400',
    '٣',
  ]) {
    for (const [field, detail] of [
      ['limit', 'must be integer'],
      ['seconds', 'must be number'],
    ] as const) {
      assert.throws(() => check({ [field]: text }), {
        code: 'invalid',
        errors: [{ in: 'query', pointer: `/${field}`, detail }],
      });
    }
  }
});
