import type { Api, Operation } from '../platform/api.ts';
import type { Described } from '../platform/openapi.ts';
import { catalogApi } from '../catalog/api.ts';
import { ordersApi } from '../orders/api.ts';
import { trackingApi } from '../tracking/api.ts';
import { usersApi } from '../users/api.ts';
import { streamApi } from './stream-api.ts';
import { osmandApi } from './osmand-api.ts';
import {
  anyone,
  courierOrStaff,
  internal,
  keyInQuery,
  logIn,
  signedIn,
  staff,
  type Policy,
} from './policy.ts';

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
  getUsersByNumber: internal,
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

const tracking: Policies<typeof trackingApi> = {
  setVehicle: staff('tracking:write'),
  getVehicle: courierOrStaff('tracking:read'),
  listVehicles: courierOrStaff('tracking:read'),
  getVehicleState: courierOrStaff('tracking:read'),
  addFixes: courierOrStaff('tracking:write'),
  getRoute: courierOrStaff('tracking:read'),
  getRouteAsGeoJson: courierOrStaff('tracking:read'),
  getRouteAsGpx: courierOrStaff('tracking:read'),
  getAverageSpeed: courierOrStaff('tracking:read'),
  createAverageSpeedTask: courierOrStaff('tracking:read'),
  getTask: courierOrStaff('tracking:read'),
  cancelTask: courierOrStaff('tracking:read'),
  listNews: internal,
};

const osmand: Policies<typeof osmandApi> = {
  reportByOsmAnd: keyInQuery(courierOrStaff('tracking:write')),
  postByOsmAnd: keyInQuery(courierOrStaff('tracking:write')),
};

const live: Policies<typeof streamApi> = { stream: signedIn('orders:read', 'tracking:read') };

/** An operation that can be called from outside, and by whom. */
export type Public = { name: string; tag: string; operation: Operation; policy: Policy };

/** Every public operation of every service. */
export const publicOperations: readonly Public[] = [
  ...open('users', usersApi, users),
  ...open('catalog', catalogApi, catalog),
  ...open('orders', ordersApi, orders),
  ...open('tracking', trackingApi, tracking),
  ...open('tracking', osmandApi, osmand),
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

const keyWords = (scopes: readonly string[]): string =>
  scopes.length === 0
    ? '; not with an API key'
    : `, or an API key with ${scopes.map((scope) => `\`${scope}\``).join(' or ')}`;

/** The public operations as OpenAPI describes them. */
export function describePublic(): Described[] {
  return publicOperations.map(({ name, tag, operation, policy: { who, scopes } }) => ({
    name,
    tag,
    operation,
    ...(who !== 'anyone' && {
      who: `${who.join(', ')}${keyWords(scopes)}`,
    }),
  }));
}
