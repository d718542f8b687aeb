import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formRequest, type Route } from './request.ts';

const list: Route = ['GET', '/v1/things', ['q', 'limit', 'isOld'], []];
const change: Route = ['PATCH', '/v1/things/:id', [], ['ifMatch', 'idempotencyKey']];

test('puts each field where the contract wants it', () => {
  const request = formRequest(change, {
    id: 'a/b',
    ifMatch: '7',
    idempotencyKey: 'k-1',
    title: 'A thing',
    price: 0,
    name: null,
  });
  assert.deepEqual(request, {
    method: 'PATCH',
    url: '/v1/things/a%2Fb',
    headers: { 'if-match': '"7"', 'idempotency-key': 'k-1', 'content-type': 'application/json' },
    body: '{"title":"A thing","price":0,"name":null}',
  });
});

test('writes a query that is safe whatever is searched for', () => {
  const { url } = formRequest(list, { q: 'a&b=ä +', limit: 20, isOld: false });
  assert.deepEqual(
    [...new URL(url, 'http://bazar.example').searchParams],
    [
      ['q', 'a&b=ä +'],
      ['limit', '20'],
      ['isOld', 'false'],
    ],
  );
});

test('leaves out what is not given, and sends no body when nothing is in it', () => {
  assert.deepEqual(formRequest(list, { q: undefined }), {
    method: 'GET',
    url: '/v1/things',
    headers: {},
  });
});
