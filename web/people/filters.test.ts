import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filtersOf } from './filters.ts';

const read = (text: string) => filtersOf(new URLSearchParams(text));

test('reads whom to list out of the address', () => {
  assert.deepEqual(read('q=+ann+&role=staff&disabled=false'), {
    q: 'ann',
    role: 'staff',
    disabled: false,
  });
  assert.deepEqual(read('disabled=true'), { disabled: true });
});

test('leaves out what Bazar would refuse', () => {
  assert.deepEqual(read('q=&role=king&disabled=perhaps'), {});
  assert.equal(read(`q=${'x'.repeat(300)}`).q?.length, 254);
});
