import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consolePaths } from '../../src/gateway/console-paths.ts';
import { ownAddress, placeOf, to, type PageName } from './places.ts';

const names = Object.keys(consolePaths) as PageName[];

test('finds every page again at the address that it gives it', () => {
  for (const page of names) {
    const params: Record<string, string> = {};
    if (consolePaths[page].includes(':id')) params['id'] = 'a/b c%20ä';
    assert.deepEqual(placeOf(to(page, params)), { page, params });
  }
});

test('takes a slash at the end for the same page', () => {
  assert.equal(placeOf('/orders/').page, 'orders');
});

test('has no page where none is', () => {
  for (const path of ['/nothing', '/orders/1/2', '/Basket', '/staff', '/staff/stock/1/x']) {
    assert.deepEqual(placeOf(path), { page: undefined, params: {} }, path);
  }
});

test('reads what is badly written as it is', () => {
  assert.deepEqual(placeOf('/products/%zz'), { page: 'product', params: { id: '%zz' } });
});

test('goes on to pages of its own only', () => {
  assert.equal(ownAddress('/staff/orders?status=confirmed'), '/staff/orders?status=confirmed');
  assert.equal(ownAddress('/'), '/');
  const foreign = [
    'https://elsewhere.example/',
    '//elsewhere.example/',
    '/\\elsewhere.example/',
    '/\t/elsewhere.example/',
    '/..//elsewhere.example',
    'javascript:alert(1)',
    '/docs',
    '/sign-in',
    'basket',
    '',
  ];
  for (const address of foreign) assert.equal(ownAddress(address), undefined, address);
  assert.equal(ownAddress(null), undefined);
});
