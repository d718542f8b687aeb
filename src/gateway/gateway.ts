import type { FastifyInstance } from 'fastify';
import type { Service } from '../platform/api.ts';
import type { Bus } from '../platform/bus.ts';
import type { Caller } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { openApi } from '../platform/openapi.ts';
import { serve } from '../platform/serve.ts';
import { untraced, type Tracer } from '../platform/tracing.ts';
import type { catalogApi } from '../catalog/api.ts';
import type { ordersApi } from '../orders/api.ts';
import type { trackingApi } from '../tracking/api.ts';
import type { usersApi } from '../users/api.ts';
import { describePublic, gatewayApi, publicOperations } from './api.ts';
import type { About } from './about-api.ts';
import { createAuthentication } from './auth.ts';
import { createBrowserSessions } from './browser.ts';
import { serveConsole } from './console.ts';
import { serveDocs } from './docs.ts';
import { createGuard, type AdmitKey } from './guard.ts';
import { createLimiter } from './limiter.ts';
import { createLiveSessions } from './live-sessions.ts';
import { createOsmand } from './osmand.ts';
import { takeEmptyForms } from './osmand-empty-form.ts';
import { createStreams } from './stream.ts';
import { createSystem, type OwnSystem } from './system.ts';

type Parts = {
  services: {
    users: Service<typeof usersApi>;
    catalog: Service<typeof catalogApi>;
    orders: Service<typeof ordersApi>;
    tracking: Service<typeof trackingApi>;
  };
  /** Absent where what happens elsewhere is not heard. */
  bus: Bus | undefined;
  verifyUser: (token: string) => Promise<Caller>;
  perMinuteMax: { caller: number; address: number; logIn: number };
  streamsMax: number;
  /** Whether browsers only ever meet us over TLS. */
  strictTransport: boolean;
  about: About;
  /** What is told on streams, which has its contract where events are made. */
  asyncApi: object;
  system: OwnSystem;
  log: Log;
  metrics: Metrics;
  tracer?: Tracer;
};

/** An API answers programs: nothing of it may be framed, cached, run or guessed. */
const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
};

/** Puts the public door on a server: who may do what, how often, and the documentation. */
export function openGateway(app: FastifyInstance, parts: Parts): { admitKey: AdmitKey } {
  const { services, bus, verifyUser, perMinuteMax, streamsMax } = parts;
  const { strictTransport, about, asyncApi, log, metrics, tracer = untraced } = parts;
  const policies = new Map(publicOperations.map(({ name, policy }) => [name, policy]));
  const isLive = createLiveSessions({ users: services.users, metrics });
  const { guard, admitKey } = createGuard({
    authenticate: createAuthentication({ users: services.users, verifyUser, metrics, isLive }),
    policyOf(operation) {
      const policy = policies.get(operation);
      if (!policy) throw new AppError('notFound', 'There is nothing at this path');
      return policy;
    },
    limiters: {
      caller: createLimiter('caller', perMinuteMax.caller),
      address: createLimiter('address', perMinuteMax.address),
      logIn: createLimiter('log-in', perMinuteMax.logIn),
    },
    log,
    metrics,
  });
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(securityHeaders);
    if (strictTransport) reply.header('strict-transport-security', 'max-age=63072000');
  });
  const limits = { streamsMax };
  const streams = createStreams({ ...services, bus, isLive, metrics, tracer, limits });
  const system = createSystem({ ...parts.system, bus });
  app.addHook('onClose', async () => [streams, system].forEach(({ close }) => close()));
  takeEmptyForms(app);
  const osmand = createOsmand({ tracking: services.tracking, now: () => new Date() });
  const { users, catalog, orders, tracking } = services;
  const browser = createBrowserSessions({ users, isSecure: strictTransport });
  const own = {
    ...osmand,
    ...browser,
    ...streams.service,
    ...system.service,
    getAbout: async () => about,
  };
  const service = { ...users, ...catalog, ...orders, ...tracking, ...own };
  serve(app, gatewayApi, { service, guard });
  const { version, mapTiles } = about;
  serveDocs(app, { '/openapi.json': openApiDocument(version), '/asyncapi.json': asyncApi });
  serveConsole(app, { mapTilesUrl: mapTiles?.url });
  return { admitKey };
}

/** The public contract, as served and as committed under docs/. */
export function openApiDocument(version: string): Record<string, unknown> {
  return openApi(describePublic(), {
    title: 'Bazar',
    version,
    summary: 'Takes orders, never sells what is not there, and shows where things are',
    license: { name: 'MIT', identifier: 'MIT' },
  });
}
