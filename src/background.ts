import type { catalogApi } from './catalog/api.ts';
import { auditCatalog, catalogInvariants } from './catalog/invariants.ts';
import { openSweeper } from './catalog/sweeper.ts';
import { isHere, type Config } from './config.ts';
import type { ordersApi } from './orders/api.ts';
import { auditOrders, orderInvariants } from './orders/invariants.ts';
import type { Service } from './platform/api.ts';
import { openAuditor } from './platform/audit.ts';
import { openDatabase, type Database } from './platform/database.ts';
import { unhurried } from './platform/unhurried.ts';
import type { Lifecycle } from './platform/lifecycle.ts';
import type { Log } from './platform/log.ts';
import type { Metrics } from './platform/metrics.ts';
import type { ServiceName } from './settings.ts';
import { openKeeper } from './tracking/keeper.ts';

type Parts = {
  config: Config;
  databaseUrls: Readonly<Record<ServiceName, string | undefined>>;
  services: { catalog: Service<typeof catalogApi>; orders: Service<typeof ordersApi> };
  log: Log;
  metrics: Metrics;
  lifecycle: Lifecycle;
};

/** What the services here do although nobody asks. */
export function startBackground(parts: Parts): void {
  const { config, services, log, metrics, lifecycle } = parts;
  const { auditSeconds, holdSeconds } = config;
  const common = { everyMs: auditSeconds * 1_000, log, metrics };
  if (isHere(config, 'catalog')) {
    const sweeper = openSweeper({ ...services, holdSeconds, log });
    lifecycle.opened('sweeper', sweeper.close);
    const database = databaseOf('catalog', parts);
    const audit = () => auditCatalog(database, holdSeconds);
    const auditor = openAuditor({
      name: 'catalog',
      invariants: catalogInvariants,
      audit,
      ...common,
    });
    lifecycle.opened('audit of catalog', auditor.close);
  }
  if (isHere(config, 'orders')) {
    const database = databaseOf('orders', parts);
    const audit = (closing: AbortSignal) => auditOrders(database, closing);
    const auditor = openAuditor({ name: 'orders', invariants: orderInvariants, audit, ...common });
    lifecycle.opened('audit of orders', auditor.close);
  }
  if (isHere(config, 'tracking')) {
    const database = databaseOf('tracking', parts);
    const keeper = openKeeper({ database, fixDays: config.fixDays, now: () => new Date(), log });
    lifecycle.opened('keeper of tracking', keeper.close);
  }
}

/** A connection for long questions, so that nobody who orders waits behind them, or beside them. */
function databaseOf(service: ServiceName, parts: Parts): Database {
  const { databaseUrls, log, metrics, lifecycle } = parts;
  const database = openDatabase({
    service: `${service} background`,
    url: databaseUrls[service] ?? '',
    connectionsMax: 1,
    statementMsMax: 20_000,
    log,
    metrics,
  });
  lifecycle.opened(`${service} background database`, database.close);
  return unhurried(database);
}
