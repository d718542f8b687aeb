import type { Api, Operation } from '../platform/api.ts';
import type { Described } from '../platform/openapi.ts';
import { catalogApi } from '../catalog/api.ts';
import { ordersApi } from '../orders/api.ts';
import { trackingApi } from '../tracking/api.ts';
import { usersApi } from '../users/api.ts';
import { aboutApi } from './about-api.ts';
import { browserApi } from './browser-api.ts';
import { streamApi } from './stream-api.ts';
import { osmandApi } from './osmand-api.ts';
import { systemApi } from './system-api.ts';
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

const users = {
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
  endSession: internal,
  exchangeApiKey: internal,
} satisfies Policies<typeof usersApi>;

const catalog = {
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
} satisfies Policies<typeof catalogApi>;

const orders = {
  placeOrder: signedIn('orders:write'),
  abortOrder: signedIn('orders:write'),
  getOrder: signedIn('orders:read'),
  listOrders: signedIn('orders:read'),
  cancelOrder: signedIn('orders:write'),
  fulfilOrder: staff('orders:write'),
  getOrderHistory: signedIn('orders:read'),
  resolve: internal,
} satisfies Policies<typeof ordersApi>;

const tracking = {
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
} satisfies Policies<typeof trackingApi>;

const osmand = {
  reportByOsmAnd: keyInQuery(courierOrStaff('tracking:write')),
  postByOsmAnd: keyInQuery(courierOrStaff('tracking:write')),
} satisfies Policies<typeof osmandApi>;

const live = {
  stream: signedIn('orders:read', 'tracking:read'),
} satisfies Policies<typeof streamApi>;

const browser = {
  openBrowserSession: logIn,
  resumeBrowserSession: anyone,
  closeBrowserSession: anyone,
} satisfies Policies<typeof browserApi>;

const about = { getAbout: anyone } satisfies Policies<typeof aboutApi>;

const system = { getSystem: staff() } satisfies Policies<typeof systemApi>;

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
  ...open('browser', browserApi, browser),
  ...open('about', aboutApi, about),
  ...open('system', systemApi, system),
];

/** Of a contract what its policies open, in the words of types. */
type Open<A extends Api, P extends Policies<A>> = {
  [Name in keyof A as P[Name] extends typeof internal ? never : Name]: A[Name];
};

type GatewayApi = Open<typeof usersApi, typeof users> &
  Open<typeof catalogApi, typeof catalog> &
  Open<typeof ordersApi, typeof orders> &
  Open<typeof trackingApi, typeof tracking> &
  Open<typeof osmandApi, typeof osmand> &
  Open<typeof streamApi, typeof live> &
  Open<typeof browserApi, typeof browser> &
  Open<typeof aboutApi, typeof about> &
  Open<typeof systemApi, typeof system>;

/** The same as one contract, for routes and for clients. */
export const gatewayApi = Object.fromEntries(
  publicOperations.map(({ name, operation }) => [name, operation]),
) as unknown as GatewayApi;

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
