import { isHere, type Config } from './config.ts';
import type { Api, Service } from './platform/api.ts';
import { openDatabase, type Database } from './platform/database.ts';
import type { Health } from './platform/health.ts';
import type { KeySet } from './platform/keys.ts';
import type { Lifecycle } from './platform/lifecycle.ts';
import type { Log } from './platform/log.ts';
import type { Metrics } from './platform/metrics.ts';
import { createCredentials } from './platform/peers.ts';
import type { Tracer } from './platform/tracing.ts';
import { nearService } from './platform/tracing-near.ts';
import { serviceNames, type ServiceName, type TargetName } from './settings.ts';

type Parts = {
  config: Config;
  databaseUrls: Readonly<Record<ServiceName, string | undefined>>;
  serviceKeys: KeySet | undefined;
  health: Health;
  metrics: Metrics;
  log: Log;
  lifecycle: Lifecycle;
  tracer: Tracer;
};

type Build<A extends Api> = (database: Database) => Promise<Service<A>> | Service<A>;

/** Who calls whom; everybody asks users for the keys with which tokens are verified. */
export const callees: Readonly<Record<Exclude<TargetName, 'all'>, readonly ServiceName[]>> = {
  gateway: serviceNames,
  users: [],
  catalog: ['users', 'orders'],
  orders: ['users', 'catalog'],
  tracking: ['users'],
};

/** The one place that knows whether a neighbour is a function or an address. */
export function binder(parts: Parts) {
  return async <A extends Api>(name: ServiceName, api: A, build: Build<A>): Promise<Service<A>> =>
    isHere(parts.config, name)
      ? nearService(parts.tracer, name, await build(database(name, parts)))
      : neighbour(name, api, parts);
}

function database(service: ServiceName, parts: Parts): Database {
  const { config, databaseUrls, health, metrics, log, lifecycle } = parts;
  const url = given(databaseUrls[service], `a database for ${service}`);
  const opened = openDatabase({ service, url, connectionsMax: config.poolMax, log, metrics });
  lifecycle.opened(`${service} database`, opened.close);
  health.needs(`${service} database`, () => opened.one({ name: 'ping', text: 'select 1' }));
  return opened;
}

async function neighbour<A extends Api>(
  callee: ServiceName,
  api: A,
  parts: Parts,
): Promise<Service<A>> {
  const isCalled = [...parts.config.targets].some(
    (name) => name !== 'all' && callees[name].includes(callee),
  );
  if (!isCalled) return stranger(api, callee);
  // A process with everything calls nobody, and need not carry what it takes.
  const { expectLive, remote } = await import('./platform/client.ts');
  const { config, serviceKeys, health, metrics, lifecycle } = parts;
  const url = given(config[`${callee}Url`], `the address of ${callee}`);
  const keys = given(serviceKeys, 'service keys');
  const credentials = createCredentials(keys, { caller: [...config.targets].join('+'), callee });
  const service = remote(api, { service: callee, url, credentials, metrics });
  lifecycle.opened(`calls to ${callee}`, service.close);
  health.uses(callee, () => expectLive(url));
  return service;
}

/** Nobody here calls it, and a network that lets through what is needed would not let us. */
function stranger<A extends Api>(api: A, callee: ServiceName): Service<A> {
  const refuse = () => Promise.reject(new Error(`Nothing in this process calls ${callee}`));
  const service: unknown = Object.fromEntries(Object.keys(api).map((name) => [name, refuse]));
  return service as Service<A>;
}

/** The configuration was checked before; this says so to whoever breaks that promise. */
function given<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`There is no ${what}`);
  return value;
}
