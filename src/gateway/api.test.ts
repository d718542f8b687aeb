import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Type } from 'typebox';
import { defineApi, type Service } from '../platform/api.ts';
import { gatewayApi, open, publicOperations } from './api.ts';
import { openApiDocument } from './gateway.ts';
import { anyone, internal } from './policy.ts';

const doors = defineApi({
  front: { method: 'GET', path: '/front', summary: 'In', reply: Type.Null() },
  back: { method: 'GET', path: '/back', summary: 'Out', reply: Type.Null() },
});

test('an operation that nobody has decided on stops the start', () => {
  assert.throws(() => open('doors', doors, { front: anyone }), /doors\.back has no policy/);
});

test('what is internal is not public', () => {
  const names = open('doors', doors, { front: anyone, back: internal }).map(({ name }) => name);
  assert.deepEqual(names, ['front']);
});

test('no two public operations share a name, or a method and path', () => {
  const names = publicOperations.map(({ name }) => name);
  const routes = publicOperations.map(({ operation: { method, path } }) => `${method} ${path}`);
  assert.equal(new Set(names).size, names.length);
  assert.equal(new Set(routes).size, routes.length);
});

test('the published contract is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(openApiDocument('1.2.3'));
  assert.ok(valid, JSON.stringify(errors));
});

test('every operation with a body that only staff may send says so', () => {
  const { paths } = openApiDocument('1.2.3') as unknown as {
    paths: Record<string, Record<string, object>>;
  };
  assert.ok('security' in (paths['/v1/products']?.['post'] ?? {}));
  assert.ok(!('security' in (paths['/v1/products']?.['get'] ?? {})));
});

test('the type of the public contract has what is public, and nothing internal', () => {
  type Placed = Awaited<
    ReturnType<Service<typeof gatewayApi, { signal: AbortSignal }>['placeOrder']>
  >;
  const number: Placed['number'] = gatewayApi.placeOrder.path;
  assert.equal(number, '/v1/orders');
  // @ts-expect-error -- the number of an order is a text
  const noNumber: Placed['number'] = gatewayApi.placeOrder.status;
  assert.equal(noNumber, 201);
  // @ts-expect-error -- it is for other services
  assert.equal(gatewayApi.reserve, undefined);
  // @ts-expect-error -- as above
  assert.equal(gatewayApi.checkSessions, undefined);
});
