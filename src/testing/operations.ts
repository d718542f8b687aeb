import type { Hold } from '../catalog/api.ts';
import type { Order } from '../orders/shapes.ts';
import { publicOperations } from '../gateway/api.ts';
import type { Operation } from '../platform/api.ts';
import { fill } from '../platform/names.ts';
import { partOf, sampleOf, type Schema } from './corpus.ts';
import { client, expectStatus, type Answer, type Ask, type Content } from './http.ts';
import { startAll, type Bazar } from './process.ts';
import type { Task } from '../tracking/shapes.ts';
import { addProduct, keyed, logInAsStaff, makeApiKey, register, someName } from './shop.ts';

/** A public operation, and how to send it a request that is right in all that is not said. */
export type Asked = {
  name: string;
  method: string;
  path: string;
  body: Schema | undefined;
  query: Schema | undefined;
  /** The input that comes as headers. */
  needs: string[];
  valid: () => object;
  send: (content?: Content & { search?: string; path?: string }) => Promise<Answer>;
  /** One after the other where each needs the version that the one before has made. */
  each: <T>(cases: readonly T[], work: (one: T) => Promise<void>) => Promise<void>;
};

export type Fuzzed = { bazar: Bazar; ask: Ask; staff: string; operations: Asked[] };

const enough = 1_000_000;
/** Long enough to hold the one fix there is. */
const known = { windowSeconds: 600 };

type QueryField = [key: string, value: unknown];

const addField = (search: string, [key, value]: QueryField): string =>
  `${search}${search === '' ? '?' : '&'}${key}=${String(value)}`;

/** A shop without limits, and every public operation as staff calls it. */
export async function startFuzzed(): Promise<Fuzzed> {
  const bazar = await startAll({
    logInPerMinuteMax: enough,
    addressPerMinuteMax: enough,
    callerPerMinuteMax: enough,
    // Passwords are hashed two at a time; how fast a machine does that is not the question here.
    deadlineMs: 30_000,
  });
  const ask = client(bazar.gateways);
  const staff = await logInAsStaff(ask);
  const spare = await logInAsStaff(ask);
  const [things, doomed] = await Promise.all([makeThings(ask, staff), makeThings(ask, staff)]);
  const knownThings = { productId: things['products'] };

  // A stream has no end, and phones add what they like: both have tests of their own.
  const ending = publicOperations.filter(
    ({ name, operation }) => !operation.streams && !name.endsWith('ByOsmAnd'),
  );
  const operations = ending.map(({ name, operation }): Asked => {
    const { method } = operation;
    const [, , collection = ''] = operation.path.split('/');
    const ends = method === 'DELETE' || name === 'fulfilOrder';
    const path = fill(operation.path, { id: (ends ? doomed : things)[collection] });
    const body = partOf(operation, 'body');
    const needs = Object.keys(partOf(operation, 'headers')?.properties ?? {});
    // Whoever logs out ends the session, and the others still need theirs.
    const token = name === 'logOut' ? spare : staff;

    async function neededHeaders(): Promise<Record<string, string>> {
      const etag =
        needs.includes('ifMatch') && (await ask(`GET ${path}`, { token })).headers['etag'];
      return {
        ...(needs.includes('idempotencyKey') && keyed()),
        ...(etag && { 'if-match': etag }),
      };
    }
    const needed = neededQuery(operation);
    const withNeeded = (search: string) =>
      needed.filter(([key]) => !search.includes(`${key}=`)).reduce(addField, search);
    const valid = () => (body ? sampleOf(body, knownThings) : {}) as object;
    return {
      name,
      method,
      path,
      body,
      query: partOf(operation, 'query'),
      needs,
      valid,
      async send({ search = '', path: other = path, headers, ...content } = {}) {
        const all = { ...(await neededHeaders()), ...headers };
        return ask(`${method} ${other}${withNeeded(search)}`, { token, ...content, headers: all });
      },
      each: (cases, work) => inRows(cases, work, needs.includes('ifMatch') ? 1 : cases.length),
    };
  });
  return { bazar, ask, staff, operations };
}

/** What must be asked in the query. */
function neededQuery(operation: Operation): QueryField[] {
  const query = partOf(operation, 'query');
  return query?.required?.length ? Object.entries(sampleOf(query, known) as object) : [];
}

async function inRows<T>(
  cases: readonly T[],
  work: (one: T) => Promise<void>,
  rowMax: number,
): Promise<void> {
  if (cases.length === 0) return;
  await Promise.all(cases.slice(0, rowMax).map(work));
  await inRows(cases.slice(rowMax), work, rowMax);
}

const somewhere = { latitude: 52.5, longitude: 13.4, speedMetersPerSecond: 8 };

/** What there is behind `:id` in each collection. */
async function makeThings(ask: Ask, token: string): Promise<Record<string, string>> {
  const [user, apiKey, { product }] = await Promise.all([
    register(ask),
    makeApiKey(ask, token, ['users:read']),
    addProduct(ask, token, { quantity: 100_000 }),
  ]);
  const body = { lines: [{ productId: product.id, quantity: 1 }] };
  const held = await ask('POST /v1/holds', { token, body, headers: keyed() });
  const hold = expectStatus(held, 201).body as Hold;
  const order = expectStatus(await ask('POST /v1/orders', { token, body }), 201).body as Order;
  const vehicle = someName();
  const fix = { timestamp: new Date().toISOString(), ...somewhere };
  expectStatus(await ask(`POST /v1/vehicles/${vehicle}/fixes`, { token, body: fix }), 200);
  const asked = `POST /v1/vehicles/${vehicle}/average-speed-tasks?windowSeconds=3600`;
  const task = expectStatus(await ask(asked, { token }), 202).body as Task;
  return {
    users: user.id,
    'api-keys': apiKey.id,
    products: product.id,
    holds: hold.id,
    orders: order.id,
    vehicles: vehicle,
    tasks: task.id,
  };
}
