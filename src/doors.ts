import { catalogApi } from './catalog/api.ts';
import { isHere, type Config } from './config.ts';
import { openGateway } from './gateway/gateway.ts';
import { ordersApi } from './orders/api.ts';
import type { Bus } from './platform/bus.ts';
import type { Api, Service } from './platform/api.ts';
import { createUserVerifier } from './platform/callers.ts';
import type { KeySet } from './platform/keys.ts';
import type { Log } from './platform/log.ts';
import type { Metrics } from './platform/metrics.ts';
import { createPeerGuard } from './platform/peers.ts';
import { serve } from './platform/serve.ts';
import type { Servers } from './servers.ts';
import type { ServiceName } from './settings.ts';
import { usersApi } from './users/api.ts';

export type Services = {
  users: Service<typeof usersApi>;
  catalog: Service<typeof catalogApi>;
  orders: Service<typeof ordersApi>;
};

type Parts = {
  config: Config;
  services: Services;
  bus: Bus;
  serviceKeys: KeySet | undefined;
  version: string;
  log: Log;
  metrics: Metrics;
};

/** Puts the gateway on the public port, and what other processes may call on the internal one. */
export function openDoors({ gateway, internal }: Servers, parts: Parts): void {
  const { config, services, bus, serviceKeys, version, log, metrics } = parts;
  const verifyUser = createUserVerifier(services.users.getTokenKeys);
  if (gateway) {
    const { callerPerMinuteMax, addressPerMinuteMax, logInPerMinuteMax } = config;
    openGateway(gateway, {
      services,
      // Both tell what they do on the bus of their own process.
      bus: isHere(config, 'orders') && isHere(config, 'catalog') ? bus : undefined,
      verifyUser,
      perMinuteMax: {
        caller: callerPerMinuteMax,
        address: addressPerMinuteMax,
        logIn: logInPerMinuteMax,
      },
      strictTransport: config.bazarMode === 'production',
      version,
      log,
      metrics,
    });
  }
  if (!internal || !serviceKeys) return;
  const open = <A extends Api>(name: ServiceName, api: A, service: Service<A>): void => {
    if (!isHere(config, name)) return;
    const guard = createPeerGuard(serviceKeys, name, verifyUser);
    serve(internal, api, { service, guard, together: { verifyUser, log } });
  };
  open('users', usersApi, services.users);
  open('catalog', catalogApi, services.catalog);
  open('orders', ordersApi, services.orders);
}
