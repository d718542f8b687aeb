import { after } from 'node:test';
import { defineApi, strict } from '../platform/api.ts';
import { createBus } from '../platform/bus-here.ts';
import type { Caller } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import { createHealth } from '../platform/health.ts';
import { createMetrics } from '../platform/metrics.ts';
import { createReporter, processChannel } from '../platform/report.ts';
import { serve } from '../platform/serve.ts';
import { createServer } from '../platform/server.ts';
import { callByStaff } from '../testing/call.ts';
import { silent } from '../testing/database.ts';
import { client, expectStatus } from '../testing/http.ts';
import { publicOperations } from './api.ts';
import { createGuard } from './guard.ts';
import { createLimiter } from './limiter.ts';
import { staff } from './policy.ts';
import { createSystem } from './system.ts';
import { systemApi, type ProcessReport } from './system-api.ts';

type Told = { isWhole: boolean; processes: ProcessReport[] };

const reply = strict({});
/** What the process is asked for besides: one that is answered, and those that are not. */
const otherApi = defineApi({
  look: { method: 'GET', path: '/look', summary: 'Is answered', reply },
  fail: { method: 'GET', path: '/fail', summary: 'Has a fault', reply },
  lack: { method: 'GET', path: '/lack', summary: 'Lacks something', reply },
  wait: { method: 'GET', path: '/wait', summary: 'Never ends', reply },
});
const other = {
  look: async () => ({}),
  async fail(): Promise<never> {
    throw new TypeError('a secret');
  },
  async lack(): Promise<never> {
    throw new AppError('unavailable', 'The database does not answer');
  },
  wait: () => new Promise<never>(() => undefined),
};

/** For tests: a process, with a clock of its own for whom it has heard. */
export function startSystem({ isAlone = true } = {}) {
  const metrics = createMetrics();
  const health = createHealth();
  health.needs('a database', async () => undefined);
  const bus = createBus();
  let ms = 0;
  const reporter = createReporter({
    about: {
      ...{ id: 'own', host: 'here', pid: 1, targets: ['all'], version: '0.0.0' },
      startedAt: new Date(0).toISOString(),
    },
    ...{ metrics, health, counted: { ordersPerSecond: undefined } },
    now: () => new Date(ms),
    clockMs: () => ms,
  });
  const { report } = reporter;
  const system = createSystem({ report, isAlone, bus, clockMs: () => ms });
  after(() => system.close());
  return {
    ...{ metrics, health, system, report },
    read: () => system.service.getSystem({}, callByStaff()),
    say: (value: Record<string, unknown>) =>
      bus.announce(processChannel, [{ key: String(value['id']), value }]),
    pass: (seconds: number) => {
      ms += seconds * 1_000;
    },
  };
}

/** For tests: the same behind a door that knows callers by their role. */
export async function openSystemDoor() {
  const process = startSystem();
  const { metrics, health, system } = process;
  const limiter = createLimiter('any', 1_000);
  const { guard } = createGuard({
    async authenticate(authorization): Promise<Caller> {
      const role = authorization?.split(' ')[1];
      if (role === undefined) return { kind: 'anonymous' };
      const scopes = role === 'key' ? ['users:read'] : undefined;
      const who = { id: 'ann', sessionId: 's', token: 'none', ...(scopes && { scopes }) };
      return { kind: 'user', ...who, role: scopes ? 'staff' : role };
    },
    policyOf: (name) => publicOperations.find((one) => one.name === name)?.policy ?? staff(),
    limiters: { caller: limiter, address: limiter, logIn: limiter },
    log: silent,
    metrics,
  });
  const app = createServer({
    ...{ metrics, health, log: silent },
    limits: {
      bodyBytesMax: 1_000,
      requestsInFlightMax: 100,
      connectionsMax: 100,
      deadlineMs: 300,
      trustedProxies: 0,
    },
  });
  serve(app, { ...systemApi, ...otherApi }, { service: { ...system.service, ...other }, guard });
  const ask = client([await app.listen({ port: 0, host: '127.0.0.1' })], 1);
  after(() => app.close());
  const read = async () => expectStatus(await ask('GET /v1/system', { token: 'staff' }), 200);
  return { ...process, ask, read: async () => (await read()).body as Told };
}
