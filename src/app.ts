import { startBackground } from './background.ts';
import { binder } from './bind.ts';
import { openBus } from './buses.ts';
import { catalogApi } from './catalog/api.ts';
import { createCatalog } from './catalog/catalog.ts';
import { openStockRelay } from './catalog/stock-relay.ts';
import { isHere, type Config } from './config.ts';
import { openDoors, type Services } from './doors.ts';
import { openLinePort } from './line-port.ts';
import { ordersApi } from './orders/api.ts';
import { createOrders } from './orders/orders.ts';
import { openRelay } from './orders/relay.ts';
import type { Bus } from './platform/bus.ts';
import { createCursors } from './platform/cursor.ts';
import { createHealth, type Health } from './platform/health.ts';
import type { KeySet } from './platform/keys.ts';
import type { Lifecycle } from './platform/lifecycle.ts';
import type { Log } from './platform/log.ts';
import { createMetrics, type Metrics } from './platform/metrics.ts';
import type { Tracer } from './platform/tracing.ts';
import { openReporting } from './reporting.ts';
import { openSecrets } from './secrets.ts';
import { createServers, listen, type Addresses } from './servers.ts';
import type { ServiceName } from './settings.ts';
import { trackingApi } from './tracking/api.ts';
import { openTaskWorker } from './tracking/task-worker.ts';
import { createTracking } from './tracking/tracking.ts';
import { usersApi } from './users/api.ts';
import { openTracer } from './traces.ts';
import { createUsers } from './users/users.ts';

type Parts = {
  config: Config;
  databaseUrls: Readonly<Record<ServiceName, string | undefined>>;
  version: string;
  log: Log;
  lifecycle: Lifecycle;
};

type Wired = {
  services: Services;
  bus: Bus;
  serviceKeys: KeySet | undefined;
  health: Health;
  metrics: Metrics;
  tracer: Tracer;
};
type Started = { addresses: Addresses; services: Services; health: Health };

/** The wiring page: which services there are, what each is made of, and who may call whom. */
export async function wireServices(parts: Omit<Parts, 'version'>): Promise<Wired> {
  const { config, log, lifecycle } = parts;
  const metrics = createMetrics();
  const health = createHealth();
  const tracer = await openTracer({ ...parts, metrics });
  const secrets = openSecrets(config);
  const serviceKeys = isHere(config, 'all') ? undefined : await secrets.serviceKeys();
  const common = { now: () => new Date(), log, metrics };
  const cursors = async () => createCursors(await secrets.cursorKey());
  const bus = await openBus({ ...parts, health, metrics });
  const bind = binder({ ...parts, health, metrics, serviceKeys, tracer });

  const users = await bind('users', usersApi, async (database) =>
    createUsers({
      database,
      tokenKeys: await secrets.tokenKeys(),
      cursors: await cursors(),
      ...common,
    }),
  );
  const catalog = await bind('catalog', catalogApi, async (database) => {
    lifecycle.opened('relay of stock', openStockRelay({ database, bus, log, tracer }).close);
    return createCatalog({ database, cursors: await cursors(), ...common });
  });
  const orders = await bind('orders', ordersApi, async (database) => {
    const { currency } = config;
    const relay = openRelay({ database, catalog, bus, currency, log, tracer });
    lifecycle.opened('relay of orders', relay.close);
    const links = { users, catalog, onOutbox: relay.onOutbox };
    return createOrders({ database, ...links, currency, cursors: await cursors(), ...common });
  });

  const tracking = await bind('tracking', trackingApi, async (database) => {
    const worker = openTaskWorker({ database, now: common.now, log });
    lifecycle.opened('worker of tracking', worker.close);
    const links = { users, bus, onTask: worker.onTask };
    return createTracking({ database, ...links, ...config, cursors: await cursors(), ...common });
  });

  const services = { users, catalog, orders, tracking };
  startBackground({ ...parts, services, metrics });
  return { services, bus, serviceKeys, health, metrics, tracer };
}

/** Services behind the doors of Bazar. */
export async function startApp(parts: Parts): Promise<Started> {
  const wired = { ...parts, ...(await wireServices(parts)) };
  const { services, health } = wired;
  const servers = createServers(wired);
  const system = openReporting(wired);
  const { admitKey } = openDoors(servers, { ...wired, system });
  const addresses = await listen(servers, wired);
  const lines = admitKey && (await openLinePort({ ...wired, admitKey }));
  return { addresses: { ...addresses, ...(lines && { lines }) }, services, health };
}
