import type { FastifyInstance } from 'fastify';
import { aboutOf } from './about.ts';
import { asyncApiDocument } from './asyncapi.ts';
import { catalogApi } from './catalog/api.ts';
import { isHere, type Config } from './config.ts';
import { openGateway } from './gateway/gateway.ts';
import type { AdmitKey } from './gateway/guard.ts';
import type { OwnSystem } from './gateway/system.ts';
import { ordersApi } from './orders/api.ts';
import type { Bus } from './platform/bus.ts';
import type { Api, Service } from './platform/api.ts';
import { createUserVerifier } from './platform/callers.ts';
import type { KeySet } from './platform/keys.ts';
import type { Log } from './platform/log.ts';
import type { Metrics } from './platform/metrics.ts';
import { createPeerGuard, type VerifyUser } from './platform/peers.ts';
import { serve } from './platform/serve.ts';
import type { Tracer } from './platform/tracing.ts';
import { plainService } from './platform/tracing-near.ts';
import type { Servers } from './servers.ts';
import type { ServiceName } from './settings.ts';
import { trackingApi } from './tracking/api.ts';
import { usersApi } from './users/api.ts';

export type Services = {
  users: Service<typeof usersApi>;
  catalog: Service<typeof catalogApi>;
  orders: Service<typeof ordersApi>;
  tracking: Service<typeof trackingApi>;
};

type Parts = {
  config: Config;
  services: Services;
  bus: Bus;
  serviceKeys: KeySet | undefined;
  version: string;
  system: OwnSystem;
  log: Log;
  metrics: Metrics;
  tracer: Tracer;
};

/** Whoever has something to tell on live streams. */
const tellers = ['orders', 'catalog', 'tracking'] as const;

/** Puts the gateway on the public port, and what other processes may call on the internal one. */
export function openDoors({ gateway, internal }: Servers, parts: Parts): { admitKey?: AdmitKey } {
  const verifyUser = createUserVerifier(parts.services.users.getTokenKeys);
  if (internal) openInternal(internal, { ...parts, verifyUser });
  return gateway ? openPublic(gateway, { ...parts, verifyUser }) : {};
}

type Inner = Parts & { verifyUser: VerifyUser };

function openPublic(server: FastifyInstance, { config, bus, ...parts }: Inner) {
  const { callerPerMinuteMax, addressPerMinuteMax, logInPerMinuteMax, streamsMax } = config;
  const { version } = parts;
  return openGateway(server, {
    ...parts,
    // Without Redis what happens is told in its own process only.
    bus: config.redisUrl || tellers.every((name) => isHere(config, name)) ? bus : undefined,
    perMinuteMax: {
      caller: callerPerMinuteMax,
      address: addressPerMinuteMax,
      logIn: logInPerMinuteMax,
    },
    streamsMax,
    asyncApi: asyncApiDocument(version),
    about: aboutOf(config, version),
    strictTransport: config.bazarMode === 'production',
  });
}

function openInternal(server: FastifyInstance, parts: Inner): void {
  const { config, services, serviceKeys, verifyUser, log, tracer } = parts;
  if (!serviceKeys) return;
  const open = <A extends Api>(name: ServiceName, api: A, service: Service<A>): void => {
    if (!isHere(config, name)) return;
    const guard = createPeerGuard(serviceKeys, name, verifyUser);
    const together = { verifyUser, log, tracer };
    serve(server, api, { service: plainService(service), guard, together });
  };
  open('users', usersApi, services.users);
  open('catalog', catalogApi, services.catalog);
  open('orders', ordersApi, services.orders);
  open('tracking', trackingApi, services.tracking);
}
