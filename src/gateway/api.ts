import type { Api, Operation } from '../platform/api.ts';
import type { Described } from '../platform/openapi.ts';
import { catalogApi } from '../catalog/api.ts';
import { ordersApi } from '../orders/api.ts';
import { usersApi } from '../users/api.ts';
import { streamApi } from './stream-api.ts';
import { anyone, internal, logIn, signedIn, staff, type Policy } from './policy.ts';

type Policies<A extends Api> = Record<keyof A, Policy | typeof internal>;

const users: Policies<typeof usersApi> = {
  register: logIn,
  logIn,
  refresh: logIn,
  logOut: signedIn(),
  getUser: signedIn('users:read'),
  listUsers: staff('users:read'),
  changeUser: signedIn('users:write'),
  setRole: staff(),
  disableUser: staff('users:write'),
  enableUser: staff('users:write'),
  createApiKey: signedIn(),
  listApiKeys: signedIn(),
  rotateApiKey: signedIn(),
  revokeApiKey: signedIn(),
  getTokenKeys: anyone,
  getUsers: internal,
  checkSessions: internal,
  exchangeApiKey: internal,
};

const catalog: Policies<typeof catalogApi> = {
  listProducts: anyone,
  listTopics: anyone,
  getProduct: anyone,
  createProduct: staff('catalog:write'),
  changeProduct: staff('catalog:write'),
  addStockMove: staff('catalog:write'),
  listStockMoves: staff('catalog:read'),
  createHold: staff('catalog:write'),
  getHold: staff('catalog:read'),
  listHolds: staff('catalog:read'),
  releaseHold: staff('catalog:write'),
  reserve: internal,
  settle: internal,
  releaseOrders: internal,
  shipOrders: internal,
  oldHolds: internal,
  listLowStock: internal,
};

const orders: Policies<typeof ordersApi> = {
  placeOrder: signedIn('orders:write'),
  abortOrder: signedIn('orders:write'),
  getOrder: signedIn('orders:read'),
  listOrders: signedIn('orders:read'),
  cancelOrder: signedIn('orders:write'),
  fulfilOrder: staff('orders:write'),
  getOrderHistory: signedIn('orders:read'),
  resolve: internal,
};

const live: Policies<typeof streamApi> = { stream: signedIn('orders:read') };

/** An operation that can be called from outside, and by whom. */
export type Public = { name: string; tag: string; operation: Operation; policy: Policy };

/** Every public operation of every service. */
export const publicOperations: readonly Public[] = [
  ...open('users', usersApi, users),
  ...open('catalog', catalogApi, catalog),
  ...open('orders', ordersApi, orders),
  ...open('live', streamApi, live),
];

/** The same as one contract, for routes and for clients. */
export const gatewayApi: Api = Object.fromEntries(
  publicOperations.map(({ name, operation }) => [name, operation]),
);

/** What is not decided is not open: an operation without a policy stops the start. */
export function open(tag: string, api: Api, policies: Record<string, Policy | typeof internal>) {
  return Object.entries(api).flatMap(([name, operation]): Public[] => {
    const policy = policies[name];
    if (!policy) throw new Error(`${tag}.${name} has no policy that says who may call it`);
    return policy === internal ? [] : [{ name, tag, operation, policy }];
  });
}

/** The public operations as OpenAPI describes them. */
export function describePublic(): Described[] {
  return publicOperations.map(({ name, tag, operation, policy: { who, scope } }) => ({
    name,
    tag,
    operation,
    ...(who !== 'anyone' && {
      who: `${who.join(', ')}${scope ? `, or an API key with \`${scope}\`` : '; not with an API key'}`,
    }),
  }));
}
