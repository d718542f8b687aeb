import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Hold, Product } from '../src/catalog/api.ts';
import type { Order } from '../src/orders/shapes.ts';
import { publicOperations } from '../src/gateway/api.ts';
import { fill } from '../src/platform/names.ts';
import { client, expectProblem, expectStatus, type Content } from '../src/testing/http.ts';
import { startAll } from '../src/testing/process.ts';
import {
  addProduct,
  keyed,
  logIn,
  logInAsStaff,
  makeApiKey,
  password,
  register,
  someName,
  someone,
} from '../src/testing/shop.ts';
import type { Task } from '../src/tracking/shapes.ts';
import type { Session, User } from '../src/users/shapes.ts';

const callers = ['anonymous', 'owner', 'other', 'courier', 'staff', 'deviceKey'] as const;
type Caller = (typeof callers)[number];
type Expected = readonly [number, number, number, number, number, number];

const everyone = (status: number): Expected => [status, status, status, status, status, status];
const staffOnly = (status: number): Expected => [401, 403, 403, 403, status, 403];
/** The owner and staff; for others it is as if it were not there. */
const ownOnly = (status: number): Expected => [401, status, 404, 404, status, 403];
/** The courier is the owner here, and nobody else but staff may know of it. */
const couriers = (status: number): Expected => [401, 403, 403, status, status, 403];
/** The device too, which may only report. */
const devices = (status: number): Expected => [401, 403, 403, status, status, status];
const byLogIn = (status: number): Expected => [401, status, status, status, status, 403];

/** What each caller is answered, about a thing of the owner's where things have owners. */
const expected: Record<string, Expected> = {
  register: everyone(201),
  logIn: everyone(201),
  refresh: everyone(200),
  logOut: byLogIn(204),
  getUser: ownOnly(200),
  listUsers: staffOnly(200),
  changeUser: ownOnly(200),
  setRole: staffOnly(200),
  disableUser: staffOnly(200),
  enableUser: staffOnly(200),
  createApiKey: ownOnly(201),
  listApiKeys: ownOnly(200),
  rotateApiKey: ownOnly(200),
  revokeApiKey: ownOnly(204),
  getTokenKeys: everyone(200),
  listProducts: everyone(200),
  listTopics: everyone(200),
  getProduct: everyone(200),
  createProduct: staffOnly(201),
  changeProduct: staffOnly(200),
  addStockMove: staffOnly(201),
  listStockMoves: staffOnly(200),
  createHold: staffOnly(201),
  getHold: staffOnly(200),
  listHolds: staffOnly(200),
  releaseHold: staffOnly(200),
  placeOrder: byLogIn(201),
  abortOrder: byLogIn(200),
  getOrder: ownOnly(200),
  listOrders: byLogIn(200),
  cancelOrder: ownOnly(200),
  fulfilOrder: staffOnly(200),
  getOrderHistory: ownOnly(200),
  setVehicle: staffOnly(200),
  getVehicle: couriers(200),
  listVehicles: couriers(200),
  getVehicleState: couriers(200),
  addFixes: devices(200),
  reportByOsmAnd: devices(200),
  postByOsmAnd: devices(200),
  getRoute: couriers(200),
  getRouteAsGeoJson: couriers(200),
  getRouteAsGpx: couriers(200),
  getAverageSpeed: couriers(200),
  createAverageSpeedTask: couriers(202),
  getTask: couriers(200),
  cancelTask: couriers(200),
  stream: byLogIn(200),
  openBrowserSession: everyone(201),
  resumeBrowserSession: everyone(200),
  closeBrowserSession: everyone(204),
  getAbout: everyone(200),
  getSystem: staffOnly(200),
};

type Request = Content & { id?: string; query?: string };

const unlimited = 100_000;
const bazar = await startAll({ logInPerMinuteMax: unlimited, addressPerMinuteMax: unlimited });
const ask = client(bazar.gateways);
const staff = await logInAsStaff(ask);
const [owner, other, courier] = await Promise.all([
  someone(ask),
  someone(ask),
  someone(ask, { role: 'courier', staff }),
]);
const { key: deviceKey } = await makeApiKey(ask, courier.accessToken, ['tracking:write']);
const tokens: Record<Caller, string | undefined> = {
  anonymous: undefined,
  owner: owner.accessToken,
  other: other.accessToken,
  courier: courier.accessToken,
  staff,
  deviceKey,
};
/** Staff changes somebody's standing, and the owner is still needed. */
const bystander = await register(ask);
const target = (caller: Caller): User => (caller === 'staff' ? bystander : owner.user);

async function apiKeyOfOwner(): Promise<string> {
  return (await makeApiKey(ask, owner.accessToken, ['users:read'])).id;
}

async function etagOf(path: string): Promise<{ 'if-match': string }> {
  const { headers } = expectStatus(await ask(`GET ${path}`, { token: staff }), 200);
  return { 'if-match': headers['etag'] ?? '' };
}

async function newHold(): Promise<string> {
  const body = { lines: [{ productId: 'pizza', quantity: 1 }] };
  const answer = await ask('POST /v1/holds', { token: staff, body, headers: keyed() });
  return (expectStatus(answer, 201).body as Hold).id;
}

const oneLine = { lines: [{ productId: 'kebab', quantity: 1 }] };

async function newOrder(): Promise<string> {
  const answer = await ask('POST /v1/orders', { token: owner.accessToken, body: oneLine });
  return (expectStatus(answer, 201).body as Order).id;
}

/** A vehicle of the courier's, which has said where it is. */
const vehicle = someName();
const fixNow = () => ({ timestamp: new Date().toISOString(), latitude: 1, longitude: 2 });
const move = { ...fixNow(), speedMetersPerSecond: 3 };
const vehiclePath = `/v1/vehicles/${vehicle}`;
const given = { body: { ownerId: courier.user.id }, token: staff };
expectStatus(await ask(`PUT ${vehiclePath}`, given), 200);
expectStatus(await ask(`POST ${vehiclePath}/fixes`, { token: staff, body: move }), 200);

async function newTask(caller: Caller): Promise<string> {
  // Staff sees the tasks of everybody, a courier its own.
  const token = caller === 'staff' ? staff : courier.accessToken;
  const path = `${vehiclePath}/average-speed-tasks?windowSeconds=60`;
  return (expectStatus(await ask(`POST ${path}`, { token }), 202).body as Task).id;
}

const osmAnd = `?id=${vehicle}&lat=1&lon=2`;

async function spareToken(caller: Caller): Promise<string | undefined> {
  if (caller === 'staff') return logInAsStaff(ask);
  const person = { owner, other, courier }[caller as 'owner' | 'other' | 'courier'] as
    | Session
    | undefined;
  return person ? (await logIn(ask, person.user.username)).accessToken : tokens[caller];
}

const { product } = await addProduct(ask, staff);
const price = { unitPriceCents: 5 };

/** A request that nothing but its sender can be wrong with. */
const requests: Record<string, (caller: Caller) => Promise<Request> | Request> = {
  register() {
    const username = someName();
    return { body: { username, email: `${username}@shop.example`, password } };
  },
  logIn: () => ({ body: { login: owner.user.username, password } }),
  refresh: async () => ({
    body: { refreshToken: (await logIn(ask, owner.user.username)).refreshToken },
  }),
  logOut: async (caller) => ({ token: await spareToken(caller) }),
  getUser: (caller) => ({ id: target(caller).id }),
  listUsers: () => ({}),
  changeUser: async (caller) => {
    const { id } = target(caller);
    return { id, body: { name: 'Ann' }, headers: await etagOf(`/v1/users/${id}`) };
  },
  setRole: (caller) => ({ id: target(caller).id, body: { role: 'courier' } }),
  disableUser: (caller) => ({ id: target(caller).id }),
  enableUser: (caller) => ({ id: target(caller).id }),
  createApiKey: () => ({
    body: { name: 'a program', scopes: ['catalog:read'], userId: owner.user.id },
  }),
  listApiKeys: () => ({ query: `?userId=${owner.user.id}` }),
  rotateApiKey: async () => ({ id: await apiKeyOfOwner(), body: {} }),
  revokeApiKey: async () => ({ id: await apiKeyOfOwner() }),
  getTokenKeys: () => ({}),
  listProducts: () => ({}),
  listTopics: () => ({}),
  getProduct: () => ({ id: product.id }),
  createProduct: () => ({ body: { title: 'A', topic: 'B', ...price }, headers: keyed() }),
  changeProduct: async () => {
    const headers = await etagOf(`/v1/products/${product.id}`);
    return { id: product.id, body: price, headers };
  },
  addStockMove: () => ({
    id: product.id,
    body: { delta: 1, reason: 'restock' },
    headers: keyed(),
  }),
  listStockMoves: () => ({ id: product.id }),
  createHold: () => ({
    body: { lines: [{ productId: product.id, quantity: 1 }] },
    headers: keyed(),
  }),
  getHold: async () => ({ id: await newHold() }),
  listHolds: () => ({}),
  releaseHold: async () => ({ id: await newHold() }),
  placeOrder: () => ({ body: oneLine, headers: keyed() }),
  abortOrder: () => ({ body: { key: someName() } }),
  getOrder: async () => ({ id: await newOrder() }),
  listOrders: () => ({}),
  cancelOrder: async () => ({ id: await newOrder() }),
  fulfilOrder: async () => ({ id: await newOrder() }),
  getOrderHistory: async () => ({ id: await newOrder() }),
  setVehicle: () => ({ id: someName(), body: { name: 'A van' } }),
  getVehicle: () => ({ id: vehicle }),
  listVehicles: () => ({}),
  getVehicleState: () => ({ id: vehicle }),
  addFixes: () => ({ id: vehicle, body: fixNow() }),
  reportByOsmAnd: () => ({ query: osmAnd }),
  postByOsmAnd: () => ({ query: osmAnd }),
  getRoute: () => ({ id: vehicle }),
  getRouteAsGeoJson: () => ({ id: vehicle }),
  getRouteAsGpx: () => ({ id: vehicle }),
  getAverageSpeed: () => ({ id: vehicle, query: '?windowSeconds=600' }),
  createAverageSpeedTask: () => ({ id: vehicle, query: '?windowSeconds=1' }),
  getTask: async (caller) => ({ id: await newTask(caller) }),
  cancelTask: async (caller) => ({ id: await newTask(caller) }),
  stream: () => ({}),
  openBrowserSession: () => ({ body: { login: owner.user.username, password } }),
  resumeBrowserSession: () => ({}),
  closeBrowserSession: () => ({}),
  getAbout: () => ({}),
  getSystem: () => ({}),
};

test('every public operation has its line in both tables, and no other has', () => {
  const names = publicOperations.map(({ name }) => name).toSorted();
  assert.deepEqual(Object.keys(expected).toSorted(), names);
  assert.deepEqual(Object.keys(requests).toSorted(), names);
});

for (const { name, operation } of publicOperations) {
  describe(name, () => {
    for (const [i, caller] of callers.entries()) {
      const status = expected[name]?.[i] ?? 0;
      test(`answers ${caller} with ${status}`, async () => {
        const { id, query = '', ...content } = (await requests[name]?.(caller)) ?? {};
        const path = fill(operation.path, { id }) + query;
        const answer = await ask(`${operation.method} ${path}`, {
          token: tokens[caller],
          ...content,
        });
        if (status >= 400) expectProblem(answer, status);
        else expectStatus(answer, status);
      });
    }
  });
}

test('what was refused has not happened', async () => {
  const now = expectStatus(await ask(`GET /v1/users/${owner.user.id}`, { token: staff }), 200);
  const { role, disabled } = now.body as User;
  assert.deepEqual({ role, disabled }, { role: 'customer', disabled: false });
  const { available, reserved } = (await ask(`GET /v1/products/${product.id}`)).body as Product;
  assert.deepEqual({ available, reserved }, { available: 10, reserved: 1 });
});
