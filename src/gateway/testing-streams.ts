import assert from 'node:assert/strict';
import { Agent, get, type IncomingMessage } from 'node:http';
import { after } from 'node:test';
import type { CloudEvent, Live } from '../platform/bus.ts';
import type { Caller } from '../platform/call.ts';
import { createMetrics } from '../platform/metrics.ts';
import { serve } from '../platform/serve.ts';
import { until } from '../postgres/wait.ts';
import { createHealth, serveHealth } from '../platform/health.ts';
import { createServer, type ServerParts } from '../platform/server.ts';
import { silent } from '../testing/database.ts';
import type { News } from './fix-event.ts';
import type { Session } from './live-sessions.ts';
import { createStreams } from './stream.ts';
import { streamApi } from './stream-api.ts';
import { createTestBus } from './testing-bus.ts';

type StreamParts = Parameters<typeof createStreams>[0];
type Order = Awaited<ReturnType<StreamParts['orders']['listOrders']>>['items'][number];
type Low = Awaited<ReturnType<StreamParts['catalog']['listLowStock']>>['items'][number];

/** Keeps connections, as browsers do. */
const agent = new Agent({ keepAlive: true });

type KeyOf = Extract<Caller, { kind: 'user' }>;

const roomy: ServerParts['limits'] = {
  bodyBytesMax: 1024 * 1024,
  requestsInFlightMax: 1_000,
  connectionsMax: 1_000,
  deadlineMs: 5_000,
  trustedProxies: 0,
};

export type Sent = { event: string; id: string; data: unknown };

/** For tests: news about an order, as orders would tell it. */
export function orderEvent(
  id: string,
  fields: { userId?: string; version?: number; pad?: number },
) {
  const { userId = 'ann', version = 1, pad = 0 } = fields;
  const type = version === 1 ? 'order.placed.v1' : 'order.cancelled.v1';
  const data = { id, userId, version: String(version), pad: 'x'.repeat(pad) };
  return eventOf({ type, subject: id, sequence: String(version), data });
}

export function lowEvent(productId: string, version: number) {
  const data = { productId, title: 'A thing', available: 1, lowAt: 5 };
  return eventOf({ type: 'stock.low.v1', subject: productId, sequence: String(version), data });
}

/** For tests: where a vehicle is, as the bus tells it. */
export function gpsState(
  vehicle: string,
  sequence: number,
  fields: {
    latitude?: number;
    longitude?: number;
    owner_id?: string | null;
    [name: string]: unknown;
  } = {},
): Live {
  const place = { latitude: 50, longitude: 8 };
  const value = {
    timestamp: sequence / 1_000,
    ...place,
    vehicle,
    sequence,
    owner_id: null,
    ...fields,
  };
  return { key: vehicle, value };
}

/** The same as tracking remembers it. */
export function newsItem(
  vehicleId: string,
  atMs: number,
  fields: Partial<News['items'][number]> = {},
): News['items'][number] {
  const timestamp = new Date(atMs).toISOString();
  return { vehicleId, timestamp, latitude: 50, longitude: 8, ...fields };
}

function eventOf(event: Pick<CloudEvent, 'type' | 'subject' | 'sequence' | 'data'>): CloudEvent {
  const id = `${event.subject}.${event.sequence}`;
  const time = '2026-01-01T00:00:00.000Z';
  const datacontenttype = 'application/json';
  return { specversion: '1.0', id, source: '/test', time, datacontenttype, ...event };
}

export function orderRow(id: string, userId: string, version = '1'): Order {
  const money = { totalCents: 0, currency: 'EUR' };
  const status = version === '1' ? 'confirmed' : 'cancelled';
  return { id, number: 'ORD0001', userId, status, lines: [], placedAt: '', version, ...money };
}

/** For tests: a gateway's stream behind real HTTP, with the services behind it played by the test. */
export async function startStreams(
  parts: Partial<Omit<StreamParts, 'orders' | 'catalog' | 'tracking' | 'bus' | 'metrics'>> = {},
  serverLimits: Partial<ServerParts['limits']> = {},
) {
  const bus = createTestBus();
  const metrics = createMetrics();
  const shop = {
    orders: [] as Order[],
    low: [] as Low[],
    asked: 0,
    /** What happens while a snapshot is being taken. */
    meanwhile: async (): Promise<void> => undefined,
    live: async (_session: Session): Promise<boolean> => true,
    fixes: [] as News['items'],
    /** What was asked of tracking: since when, or nothing for everything. */
    askedFixes: [] as (string | undefined)[],
    fixesWhole: true,
  };
  const streams = createStreams({
    bus,
    metrics,
    isLive: (caller) => shop.live(caller),
    orders: {
      async listOrders({ limit = 20 }, { caller }) {
        shop.asked += 1;
        assert.equal(caller.kind, 'user');
        const isTheirs = ({ userId }: Order) => caller.role === 'staff' || userId === caller.id;
        const items = shop.orders.filter(isTheirs).slice(0, limit);
        await shop.meanwhile();
        return { items };
      },
    },
    catalog: {
      async listLowStock({ limit }, { caller }) {
        assert.deepEqual(caller, { kind: 'service', name: 'gateway' });
        return { items: shop.low.slice(0, limit) };
      },
    },
    tracking: {
      async listNews({ since, limit = 0 }, { caller }) {
        assert.deepEqual(caller, { kind: 'service', name: 'gateway' });
        shop.askedFixes.push(since);
        const isAsked = (item: News['items'][number]) =>
          since === undefined || item.timestamp >= since;
        const items = shop.fixes.filter(isAsked).slice(0, limit);
        await shop.meanwhile();
        return { items, isWhole: shop.fixesWhole };
      },
    },
    ...parts,
  });
  const health = createHealth();
  const limits = { ...roomy, ...serverLimits };
  const server = createServer({ log: silent, metrics, health, limits });
  serveHealth(server, health);
  const guard = ({ headers }: { headers: Record<string, unknown> }): Caller => {
    const [id = '', role = '', ...rest] = String(headers['x-user']).split(' ');
    const key = JSON.parse(rest.join(' ') || '{}') as Pick<KeyOf, 'scopes' | 'vehicleId'>;
    return { kind: 'user', id, role, sessionId: `of ${id}`, token: 'none', ...key };
  };
  serve(server, streamApi, { service: streams.service, guard });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });

  async function close(): Promise<void> {
    streams.close();
    await server.close();
  }
  after(close);
  after(() => agent.destroy());

  async function valueOf(metric: string): Promise<number> {
    const text = await metrics.registry.getSingleMetricAsString(metric);
    return Number(/ (\d+)$/.exec(text)?.[1]);
  }

  /** Until so many streams are open. */
  async function untilOpen(count: number): Promise<void> {
    const isSo = async () => (await valueOf('bazar_streams_open')) === count || undefined;
    assert.ok(await until(isSo, 5_000), `never ${count} streams`);
  }

  return {
    ...{ url, bus, metrics, shop, streams, server, valueOf, untilOpen, close },
    open: (user: string, asked: Asked = {}) => openStream(url, user, asked),
  };
}

type Asked = { topics?: string; vehicle?: string; box?: string; lastEventId?: string };

/** For tests: a reader of a stream, once its head is there. */
export async function openStream(url: string, user: string, asked: Asked = {}) {
  const { lastEventId, ...query } = asked;
  const response = await head(`${url}/v1/stream?${new URLSearchParams(query).toString()}`, {
    'x-user': user.includes(' ') ? user : `${user} customer`,
    ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
  });
  let text = '';
  let ended = false;
  response.setEncoding('utf8').on('data', (more: string) => (text += more));
  response.on('end', () => (ended = true)).on('close', () => (ended = true));
  response.on('error', () => undefined);
  const sent = (): Sent[] => readSent(text);

  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: () => text,
    sent,
    ids: () => sent().map(({ id }) => id),
    /** What CloudEvents came, as `subject.sequence`. */
    news: () => newsOf(sent()),
    /** Waits until so many have come. */
    async first(count: number): Promise<Sent[]> {
      await until(async () => sent().length >= count || undefined, 5_000);
      assert.ok(sent().length >= count, `only ${text}`);
      return sent();
    },
    async untilEnd(): Promise<void> {
      assert.ok(await until(async () => ended || undefined, 5_000), 'the stream goes on');
    },
    /** Stops reading, or reads on. */
    pause: () => response.pause(),
    resume: () => response.resume(),
    leave: () => response.destroy(),
  };
}

export function readSent(text: string): Sent[] {
  return text.split('\n\n').slice(0, -1).flatMap(parse);
}

export function newsOf(sent: readonly Sent[]): string[] {
  return sent.flatMap(({ data }) =>
    (data as Partial<CloudEvent>).subject ? [(data as CloudEvent).id] : [],
  );
}

async function head(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  get(url, { headers, agent }, resolve).once('error', reject);
  return promise;
}

/** Reads one block as the standard says; what has no data is no event. */
function parse(block: string): Sent[] {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
    fields.set(name, value);
  }
  const data = fields.get('data');
  if (data === undefined) return [];
  return [{ event: fields.get('event') ?? '', id: fields.get('id') ?? '', data: JSON.parse(data) }];
}
