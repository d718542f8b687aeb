import { createHealth } from '../src/platform/health.ts';
import type { Caller } from '../src/platform/call.ts';
import { createMetrics } from '../src/platform/metrics.ts';
import { serve } from '../src/platform/serve.ts';
import { createServer } from '../src/platform/server.ts';
import { createStreams } from '../src/gateway/stream.ts';
import { streamApi } from '../src/gateway/stream-api.ts';
import { createTestBus } from '../src/gateway/testing-bus.ts';
import { gpsState } from '../src/gateway/testing-streams.ts';
import { silent } from '../src/testing/database.ts';

/** What the bench asks of the server that it watches. */
export type Order =
  | { do: 'fixes'; perSecond: number; vehicles: number }
  | { do: 'silence' }
  | { do: 'measure' };

const stepMs = 10;
const mib = 1024 * 1024;

const bus = createTestBus();
const metrics = createMetrics();
const streams = createStreams({
  bus,
  metrics,
  isLive: async () => true,
  orders: { listOrders: async () => ({ items: [] }) },
  catalog: { listLowStock: async () => ({ items: [] }) },
  tracking: { listNews: async () => ({ items: [], isWhole: true }) },
});
const limits = {
  bodyBytesMax: mib,
  requestsInFlightMax: 1_000,
  connectionsMax: 12_000,
  deadlineMs: 5_000,
  trustedProxies: 0,
};
const server = createServer({ log: silent, metrics, health: createHealth(), limits });
const guard = ({ headers }: { headers: Record<string, unknown> }): Caller => {
  const id = String(headers['x-user']);
  return { kind: 'user', id, role: 'staff', sessionId: `of ${id}`, token: 'x'.repeat(600) };
};
serve(server, streamApi, { service: streams.service, guard });

/** How many fixes each vehicle has sent: the sequence of a fix, so that a gap can be seen. */
let told = 0;
let telling: NodeJS.Timeout | undefined;
let owed = 0;

function tell(perSecond: number, vehicles: number): void {
  let lastAtMs = performance.now();
  telling = setInterval(() => {
    const nowMs = performance.now();
    owed += ((nowMs - lastAtMs) / 1_000) * perSecond;
    lastAtMs = nowMs;
    for (; owed >= 1; owed -= 1) {
      const vehicle = `v${told % vehicles}`;
      // What a phone sends; `elevation` carries when it was said.
      const fields = { elevation: Date.now(), speed_meters_per_second: 12.5, bearing: 271.25 };
      const place = { latitude: 50.123456, longitude: 8.654321, accuracy: 4.2, satellites: 9 };
      const more = { ...fields, ...place, distance_meters: 12.4, elapsed_time_seconds: 1 };
      bus.announce('gps_state', [gpsState(vehicle, Math.floor(told / vehicles), more)]);
      told += 1;
    }
  }, stepMs);
}

async function measure(): Promise<void> {
  // What is garbage belongs to nobody.
  global.gc?.();
  await new Promise(setImmediate);
  global.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const text = await metrics.registry.metrics();
  const valueOf = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
  process.send?.({
    kind: 'measured',
    rss,
    heapUsed,
    told,
    cpuMs: (user + system) / 1_000,
    open: valueOf('bazar_streams_open'),
    behind: valueOf('bazar_streams_behind'),
    tooSlow: valueOf('bazar_streams_too_slow_total'),
  });
}

process.on('message', (order: Order) => {
  clearInterval(order.do === 'measure' ? undefined : telling);
  if (order.do === 'fixes') tell(order.perSecond, order.vehicles);
  if (order.do === 'measure') void measure();
});
process.once('disconnect', () => process.exit());
const url = await server.listen({ port: 0, host: '127.0.0.1' });
process.send?.({ kind: 'ready', port: Number(new URL(url).port) });
