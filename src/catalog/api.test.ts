import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Caller } from '../platform/call.ts';
import { serve } from '../platform/serve.ts';
import { callByStaff } from '../testing/call.ts';
import { testServer } from '../testing/server.ts';
import { catalogApi } from './api.ts';
import { freshCatalog } from './fixture.ts';

const { catalog, addProduct } = await freshCatalog();
const staff = callByStaff().caller;
const server = testServer();
const guard = ({ headers }: { headers: Record<string, unknown> }): Caller =>
  headers['authorization'] === 'staff' ? staff : { kind: 'anonymous' };
serve(server, catalogApi, { service: catalog, guard });

type Ask = { headers?: Record<string, string>; body?: object };

async function ask(target: string, { headers = {}, body }: Ask = {}) {
  const [method, url] = target.split(' ') as ['GET' | 'POST' | 'PATCH' | 'DELETE', string];
  const reply = await server.inject({
    method,
    url,
    headers: { authorization: 'staff', ...headers },
    ...(body && { payload: body }),
  });
  return { status: reply.statusCode, headers: reply.headers, body: reply.json() };
}

const keyed = (key: string = randomUUID()) => ({ 'idempotency-key': key });
const book = { title: 'A book', topic: 'Books', unitPriceCents: 1_999 };

test('a new product is answered with its place and its ETag, and a repeated one says so', async () => {
  const headers = keyed();
  const made = await ask('POST /v1/products', { headers, body: book });
  const again = await ask('POST /v1/products', { headers, body: book });

  assert.equal(made.status, 201);
  assert.equal(made.headers.location, `/v1/products/${made.body.id}`);
  assert.equal(made.headers.etag, `"${made.body.version}"`);
  assert.equal(made.headers['idempotency-replayed'], undefined);
  assert.equal(again.status, 201);
  assert.equal(again.headers['idempotency-replayed'], 'true');
  assert.deepEqual(again.body, made.body);
});

test('an edit is guarded by the ETag as HTTP writes it', async () => {
  const { id } = await addProduct();
  const read = await ask(`GET /v1/products/${id}`);
  const headers = { 'if-match': String(read.headers.etag) };
  const body = { unitPriceCents: 5 };

  assert.equal((await ask(`PATCH /v1/products/${id}`, { body })).status, 428);
  const edited = await ask(`PATCH /v1/products/${id}`, { headers, body });
  assert.deepEqual([edited.status, edited.body.unitPriceCents], [200, 5]);
  assert.equal(edited.headers.etag, `"${edited.body.version}"`);
  const stale = await ask(`PATCH /v1/products/${id}`, { headers, body });
  assert.deepEqual([stale.status, stale.body.details], [412, { product: edited.body }]);
});

test('a product that did not change is not sent again', async () => {
  const { id } = await addProduct();
  const { headers } = await ask(`GET /v1/products/${id}`);
  const read = () =>
    server.inject({
      url: `/v1/products/${id}`,
      headers: { 'if-none-match': String(headers.etag) },
    });

  assert.equal((await read()).statusCode, 304);
  await ask(`POST /v1/products/${id}/stock-moves`, {
    headers: keyed(),
    body: { delta: 1, reason: 'restock' },
  });
  assert.equal((await read()).statusCode, 200);
});

test('stock moves and holds come back whole through their reply schemas', async () => {
  const { id } = await addProduct();
  const moved = await ask(`POST /v1/products/${id}/stock-moves`, {
    headers: keyed(),
    body: { delta: -1, reason: 'correction', note: 'broken' },
  });
  assert.equal(moved.status, 201);
  const ledger = await ask(`GET /v1/products/${id}/stock-moves?limit=1`);
  assert.deepEqual(ledger.body.items, [moved.body]);
  assert.equal(typeof ledger.body.nextCursor, 'string');

  const lines = [{ productId: id, quantity: 2 }];
  const held = await ask('POST /v1/holds', { headers: keyed(), body: { lines } });
  assert.deepEqual([held.status, held.headers.location], [201, `/v1/holds/${held.body.id}`]);
  assert.deepEqual((await ask('GET /v1/holds')).body.items, [held.body]);
  const released = await ask(`DELETE /v1/holds/${held.body.id}`);
  assert.deepEqual([released.status, released.body], [200, { ...held.body, state: 'released' }]);
});

test('lists take their filters from the query', async () => {
  await addProduct({ id: 'q1', topic: 'Queries', title: 'One', quantity: 0 });
  await addProduct({ id: 'q2', topic: 'Queries', title: 'Two' });

  const { body } = await ask('GET /v1/products?topic=queries&inStock=true&sort=-price&limit=5');
  assert.deepEqual(
    body.items.map((item: { id: string }) => item.id),
    ['q2'],
  );
  const topics = await ask('GET /v1/topics');
  assert.ok(topics.body.items.some((item: { topic: string }) => item.topic === 'Queries'));
});

test('what the contract does not allow is refused by its field', async () => {
  const longQ = 'x'.repeat(101);
  const refused: [target: string, pointer: string, ask?: Ask][] = [
    ['GET /v1/products?sort=size', '/sort'],
    ['GET /v1/products?sort=relevance', '/sort'],
    ['GET /v1/products?limit=0', '/limit'],
    ['GET /v1/products?color=red', '/color'],
    [`GET /v1/products?q=${longQ}`, '/q'],
    ['GET /v1/products?cursor=zzz', '/cursor'],
    ['GET /v1/products/.hidden', '/id'],
    ['POST /v1/products', '/idempotencyKey', { body: book }],
    ['POST /v1/products', '/title', { headers: keyed(), body: { ...book, title: ' ' } }],
    ['POST /v1/products', '/id', { headers: keyed(), body: { ...book, id: 'a b' } }],
    [
      'POST /v1/products',
      '/unitPriceCents',
      { headers: keyed(), body: { ...book, unitPriceCents: 1.5 } },
    ],
    ['PATCH /v1/products/x', '', { headers: { 'if-match': '"1-1"' }, body: {} }],
    [
      'POST /v1/products/x/stock-moves',
      '/delta',
      { headers: keyed(), body: { delta: 0, reason: 'restock' } },
    ],
    ['POST /v1/holds', '/lines', { headers: keyed(), body: { lines: [] } }],
    ['GET /v1/holds/1', '/id'],
  ];
  const replies = await Promise.all(refused.map(([target, , how]) => ask(target, how)));
  assert.deepEqual(
    replies.map(({ status, body }) => [status, body.errors?.[0]?.pointer]),
    refused.map(([, pointer]) => [400, pointer]),
  );
});

test('whoever is not known is asked to sign in before anything is done', async () => {
  const headers = { authorization: 'nobody', ...keyed() };
  assert.equal((await ask('POST /v1/products', { headers, body: book })).status, 401);
  assert.equal((await ask('GET /v1/holds', { headers })).status, 401);
  assert.equal((await ask('GET /v1/products', { headers })).status, 200);
});
