import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Order, Step } from '../src/orders/shapes.ts';
import type { CloudEvent } from '../src/platform/bus.ts';
import { until } from '../src/postgres/wait.ts';
import { freshDatabaseUrl } from '../src/testing/database.ts';
import { client, expectStatus } from '../src/testing/http.ts';
import { connectedTo, startSink, type SunkSpan } from '../src/testing/otlp.ts';
import {
  adminPassword,
  makeHome,
  servicePlaces,
  startAll,
  type Settings,
} from '../src/testing/process.ts';
import { redisIsMissing, startRedis } from '../src/testing/redis.ts';
import { addProduct, keyed, logInAsStaff } from '../src/testing/shop.ts';

const waitMsMax = 30_000;
/** A request that somebody else has begun to record. */
const traceId = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
const caller = '00f067aa0ba902b7';

type Sink = Awaited<ReturnType<typeof startSink>>;

const toSink = ({ url }: Sink): Settings => ({
  otelExporterOtlpEndpoint: url,
  otelBspScheduleDelay: 50,
  // Only what the test itself says is recorded.
  otelTracesSampler: 'parentbased_always_off',
});

async function startOne(sink: Sink): Promise<string> {
  const { gateways } = await startAll(toSink(sink));
  return gateways[0] ?? '';
}

/** Orders by itself, and the rest in another process: every order goes there and back. */
async function startApart(sink: Sink): Promise<string> {
  const redis = await startRedis();
  const databaseUrl = await freshDatabaseUrl();
  const { start } = await makeHome();
  const { ports, urls } = await servicePlaces();
  const rest = `http://127.0.0.1:${ports.catalog}`;
  const common: Settings = {
    ...{ poolMax: 4, drainMs: 0, adminPassword, demoVan: false, databaseUrl, redisUrl: redis.url },
    ...{ ...urls, usersUrl: rest, catalogUrl: rest, trackingUrl: rest },
    ...toSink(sink),
  };
  const [front] = await Promise.all([
    start({ ...common, target: 'gateway,users,catalog,tracking', internalPort: ports.catalog }),
    start({ ...common, target: 'orders', internalPort: ports.orders }),
  ]);
  return front.addresses.gateway ?? '';
}

/** Follows the live stream until the answer is called. */
async function listen(gateway: string, token: string) {
  const events: CloudEvent[] = [];
  let hasBegun = false;
  const leaving = new AbortController();
  const { body } = await fetch(`${gateway}/v1/stream?topics=orders,stock`, {
    headers: { authorization: `Bearer ${token}` },
    signal: leaving.signal,
  });
  async function read(): Promise<void> {
    let text = '';
    for await (const chunk of body ?? []) {
      text += Buffer.from(chunk).toString();
      const frames = text.split('\n\n');
      text = frames.pop() ?? '';
      hasBegun ||= frames.length > 0;
      const told = frames.map((frame) => /^data: (\{"specversion".+)$/m.exec(frame)?.[1]);
      events.push(...told.filter((json) => json !== undefined).map((json) => JSON.parse(json)));
    }
  }
  const over = read().catch(() => undefined);
  after(async () => {
    leaving.abort();
    await over;
  });
  assert.ok(await until(() => hasBegun || undefined, waitMsMax), 'the stream does not begin');
  return events;
}

/** Orders so much that stock runs low, and answers when all of it was told. */
async function orderTraced(gateway: string) {
  const ask = client([gateway]);
  const token = await logInAsStaff(ask);
  const { product } = await addProduct(ask, token, { quantity: 6 });
  const events = await listen(gateway, token);
  const headers = { ...keyed(), traceparent: `00-${traceId}-${caller}-01` };
  const body = { lines: [{ productId: product.id, quantity: 2 }] };
  const placed = await ask('POST /v1/orders', { token, body, headers });
  const order = expectStatus(placed, 201).body as Order;
  const other = await ask('POST /v1/orders', {
    token,
    body: { lines: [{ productId: product.id, quantity: 1 }] },
  });
  const unseen = expectStatus(other, 201).body as Order;
  const isTold = () =>
    [order.id, unseen.id, product.id].every((id) => events.some(({ subject }) => subject === id));
  assert.ok(await until(() => isTold() || undefined, waitMsMax), 'not all was told');
  const history = await ask(`GET /v1/orders/${order.id}/history`, { token });
  const { items } = expectStatus(history, 200).body as { items: Step[] };
  return { order, unseen, product, events, history: items };
}

const steps = [
  ...['placeOrder', 'orders placeOrder', 'batch place', 'catalog reserve'],
  ...['orders commit verdicts', 'orders relay', 'publish orders', 'stream order.placed.v1'],
  ...['catalog relay', 'publish stock', 'stream stock.low.v1'],
];

/** Whether every step has come, and of each span the one above it. */
function isWhole(spans: readonly SunkSpan[]): boolean {
  const ids = new Set([caller, ...spans.map(({ spanId }) => spanId)]);
  const names = new Set(spans.map(({ name }) => name));
  return (
    steps.every((step) => names.has(step)) &&
    spans.every(({ parentSpanId }) => parentSpanId === undefined || ids.has(parentSpanId))
  );
}

const shapes = [
  { name: 'everything in one process', start: startOne, skip: false, services: ['bazar-all'] },
  {
    name: 'services apart, with Redis between',
    start: startApart,
    skip: redisIsMissing,
    services: ['bazar-gateway-users-catalog-tracking', 'bazar-orders'],
  },
];

for (const { name, start, skip, services } of shapes) {
  describe(`one order in a trace: ${name}`, { skip, timeout: 90_000 }, () => {
    let told: Awaited<ReturnType<typeof orderTraced>>;
    let spans: readonly SunkSpan[];

    before(async () => {
      const sink = await startSink();
      told = await orderTraced(await start(sink));
      // What ends last is sent last, and not every process sends at the same time.
      await until(() => isWhole(sink.spans) || undefined, waitMsMax);
      spans = [...sink.spans];
    });

    const find = (wanted: string): SunkSpan => {
      const span = spans.find((one) => one.name === wanted && one.traceId === traceId);
      assert.ok(span, `no span ${wanted} among ${spans.map((one) => one.name).join(', ')}`);
      return span;
    };

    test('all that was done for it hangs together', () => {
      const door = spans.find(({ parentSpanId }) => parentSpanId === caller);
      assert.equal(door?.name, 'placeOrder');
      const all = connectedTo(door, spans);
      const names = [...all].map((span) => span.name);
      for (const step of steps)
        assert.ok(names.includes(step), `${step} is not in ${names.join()}`);
      assert.equal(all.size, spans.length, 'there is something else');
      assert.deepEqual(new Set(spans.map((span) => span.traceId)), new Set([traceId]));
      assert.deepEqual(new Set(spans.map((span) => span.service)), new Set(services));
    });

    test('the batch links to the order, and both commits are below it', () => {
      const batch = find('batch place');
      assert.ok(batch.links.some((link) => link.traceId === traceId));
      assert.equal(find('catalog reserve').parentSpanId, batch.spanId);
      const reserves = spans.filter((span) => span.name === 'catalog reserve');
      assert.equal(reserves.length, 1, 'a call is told twice');
      assert.equal(find('orders commit verdicts').parentSpanId, batch.spanId);
      assert.equal(find('stream order.placed.v1').parentSpanId, find('publish orders').spanId);
    });

    test('the event carries the trace, and that of an order that is not recorded does not', () => {
      const eventOf = (id: string) => told.events.find(({ subject }) => subject === id);
      const expected = `00-${traceId}-${find('publish orders').spanId}-01`;
      assert.equal(eventOf(told.order.id)?.traceparent, expected);
      assert.ok(!('traceparent' in (eventOf(told.unseen.id) ?? {})));
    });

    test('the history of the order knows the same trace', () => {
      assert.equal(told.history[0]?.traceId, traceId);
    });

    test('a request says how it was asked and answered, and nothing secret', () => {
      const { attributes, kind, status } = spans.find(
        (one) => one.parentSpanId === caller,
      ) as SunkSpan;
      assert.deepEqual(attributes, {
        'http.request.method': 'POST',
        'http.route': '/v1/orders',
        'url.path': '/v1/orders',
        'url.scheme': 'http',
        'http.response.status_code': 201,
      });
      assert.deepEqual([kind, status.code], [2, 0]);
    });
  });
}
