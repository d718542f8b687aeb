import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseJson } from './json.ts';

const read = (text: string | Buffer) => parseJson(Buffer.from(text));

const refused: [why: string, body: string | Buffer, code: string, pointer?: string][] = [
  ['broken syntax', '{"a":', 'malformed'],
  ['a byte order mark', '\uFEFF{}', 'malformed'],
  ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'malformed'],
  ['two members of one name', '{"a":1,"b":{"c":1,"c":2}}', 'malformed'],
  ['two members of one name, one escaped', '{"a":1,"\\u0061":2}', 'malformed'],
  ['NaN', '[NaN]', 'malformed'],
  ['a NUL character', '{"a":["x","\\u0000"]}', 'invalid', '/a/1'],
  ['a lone surrogate', '{"a":"\\ud800"}', 'invalid', '/a'],
  ['a NUL character in a name', '{"a":{"\\u0000":1}}', 'invalid', '/a'],
  ['a number beyond exact integers', '{"a":9007199254740993}', 'invalid', '/a'],
  ['a number that is infinite', '{"a":1e400}', 'invalid', '/a'],
  ['__proto__', '{"a":{"__proto__":{}}}', 'invalid', '/a/__proto__'],
  ['depth', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, 'invalid', '/0'.repeat(32)],
  ['a pointer that needs escaping', '{"a/b~c":"\\u0000"}', 'invalid', '/a~1b~0c'],
];

for (const [why, body, code, pointer] of refused) {
  test(`refuses ${why}`, () => {
    assert.throws(
      () => read(body),
      (error: { code: string; errors?: { pointer: string }[] }) => {
        assert.deepEqual([error.code, error.errors?.[0]?.pointer], [code, pointer]);
        return true;
      },
    );
  });
}

test('reads every JSON value that is exact and well formed as JSON.parse does', () => {
  const value = fc.jsonValue({ maxDepth: 5, stringUnit: 'grapheme-composite' });
  fc.assert(
    fc.property(value, (one) => {
      fc.pre(!/\\u0000|__proto__|[1-9]\d{15}|e\+/.test(JSON.stringify(one)));
      const text = JSON.stringify(one);
      assert.deepEqual(read(text), JSON.parse(text));
    }),
  );
});

test('takes colons, quotes and backslashes in strings for what they are', () => {
  const value = { 'a:b': 'c:"d"\\', e: ['\\"', ':', '\\\\":'] };
  assert.deepEqual(read(JSON.stringify(value)), value);
});

test('reads a million nested arrays without falling over', () => {
  assert.throws(() => read('['.repeat(1_000_000)), { code: 'malformed' });
});
