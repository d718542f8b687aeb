import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { catalogApi } from '../src/catalog/api.ts';
import { publicOperations } from '../src/gateway/api.ts';
import { ordersApi } from '../src/orders/api.ts';
import type { Api } from '../src/platform/api.ts';
import type { Caller } from '../src/platform/call.ts';
import { readKeys } from '../src/platform/keys.ts';
import { fill } from '../src/platform/names.ts';
import { createCredentials } from '../src/platform/peers.ts';
import { callBy } from '../src/testing/call.ts';
import { client, expectProblem, expectStatus, type Content } from '../src/testing/http.ts';
import { startSplit } from '../src/testing/process.ts';
import { logInAsStaff, makeApiKey } from '../src/testing/shop.ts';
import { trackingApi } from '../src/tracking/api.ts';
import { usersApi } from '../src/users/api.ts';

const bazar = await startSplit();
const staff = await logInAsStaff(client(bazar.gateways));
const { key } = await makeApiKey(client(bazar.gateways), staff, ['users:read']);
const keys = await readKeys(await readFile(join(bazar.data, 'keys', 'serviceKeys.secret'), 'utf8'));

const portOf = (name: string) => client([bazar.processes[name]?.addresses.internal ?? '']);
const doors = {
  users: { ask: portOf('users'), api: usersApi as Api, neighbour: 'catalog' },
  catalog: { ask: portOf('catalog'), api: catalogApi as Api, neighbour: 'orders' },
  orders: { ask: portOf('orders'), api: ordersApi as Api, neighbour: 'users' },
  tracking: { ask: portOf('tracking'), api: trackingApi as Api, neighbour: 'users' },
};
const isPublic = new Set(publicOperations.map(({ name }) => name));
const orderLine = { productId: 'P001', quantity: 1 };
const order = { orderId: randomUUID(), fp: '0'.repeat(32), lines: [orderLine] };
const bodies: Record<string, object | undefined> = {
  getUsers: { ids: [randomUUID()] },
  getUsersByNumber: { numbers: [1] },
  checkSessions: { ids: [randomUUID()] },
  endSession: { refreshToken: 'none' },
  exchangeApiKey: { key },
  reserve: { batchId: randomUUID(), settled: [], orders: [order] },
  settle: { batchIds: [randomUUID()], releaseIds: [] },
  releaseOrders: { orderIds: [randomUUID()] },
  shipOrders: { orderIds: [randomUUID()] },
  oldHolds: { olderThanSeconds: 0, limit: 1 },
  listLowStock: { limit: 1 },
  listNews: undefined,
  resolve: { orderIds: [randomUUID()] },
};

/** What a service called `tests` sends along when it calls for somebody. */
function credentials(callee: string, caller: Caller = { kind: 'service', name: 'tests' }) {
  return createCredentials(keys, { caller: 'tests', callee })(callBy(caller));
}

const anonymous = { 'x-bazar-user': 'anonymous' };

for (const [callee, { ask, api, neighbour }] of Object.entries(doors)) {
  for (const [name, { method, path }] of Object.entries(api)) {
    const request = (content: Content) =>
      ask(`${method} ${fill(path, { id: randomUUID() })}`, { body: bodies[name], ...content });

    test(`${name} of ${callee} is closed to who is no service`, async () => {
      const forged = { authorization: `Bearer ${staff}`, 'x-bazar-user': staff };
      expectProblem(await request({}), 401, 'unauthorized');
      expectProblem(await request({ token: staff }), 401, 'unauthorized');
      expectProblem(await request({ headers: { 'x-bazar-user': staff } }), 401, 'unauthorized');
      expectProblem(await request({ headers: forged }), 401, 'unauthorized');
      expectProblem(await request({ headers: await credentials(neighbour) }), 401, 'unauthorized');
    });
  }
}

describe('an internal operation', () => {
  const internal = Object.entries(doors).flatMap(([callee, { ask, api }]) =>
    Object.entries(api)
      .filter(([name]) => !isPublic.has(name))
      .map(([name, operation]) => ({ callee, ask, name, ...operation })),
  );

  test('is every one that the gateway does not show', () => {
    const names = internal.map(({ name }) => name);
    assert.deepEqual(names.toSorted(), Object.keys(bodies).toSorted());
  });

  for (const { callee, ask, name, method, path, status = 200 } of internal) {
    test(`${name} is for services only, not for those they call for`, async () => {
      const own = await credentials(callee);
      const request = (headers: Record<string, string>) =>
        ask(`${method} ${path}`, { body: bodies[name], headers });

      expectStatus(await request(own), status);
      expectProblem(await request({ ...own, 'x-bazar-user': staff }), 403, 'forbidden');
      expectProblem(await request({ ...own, ...anonymous }), 401, 'unauthorized');
      expectProblem(await request({ ...own, 'x-bazar-user': 'x.y.z' }), 401, 'unauthorized');
    });
  }
});
