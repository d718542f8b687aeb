import { join, resolve } from 'node:path';
import { ConfigError, isHere, type Config } from './config.ts';
import type { Lifecycle } from './platform/lifecycle.ts';
import type { Log } from './platform/log.ts';
import { migrate, pendingMigrations } from './platform/migrate.ts';
import { reachDatabase } from './platform/reach.ts';
import { joinPostgres, startPostgres } from './postgres/server.ts';
import { serviceNames, type ServiceName } from './settings.ts';

export type DatabaseUrls = Record<ServiceName, string | undefined>;

export type DatabaseParts = {
  config: Config;
  log: Log;
  lifecycle: Lifecycle;
  onGiveUp: (error: Error) => void;
};

/** Finds the database of each service here; whoever has none gets the embedded server. */
export async function openDatabases(parts: DatabaseParts): Promise<DatabaseUrls> {
  const { config, log, lifecycle, onGiveUp } = parts;
  const urls = givenUrls(config);
  if (localServices(config).every((name) => urls[name])) {
    await inWords(Promise.all(distinct(config, urls).map((url) => reachDatabase(url, log))));
    return urls;
  }
  const dataDir = resolve(config.data);
  const server = await inWords(startPostgres({ dataDir, log, onGiveUp }));
  lifecycle.opened('PostgreSQL', () => server.stop());
  return withDefault(urls, server.url);
}

/** What keeps a database from starting is said to whoever started us; where it was found is not. */
async function inWords<T>(work: Promise<T>): Promise<T> {
  return work.catch((cause: unknown) => {
    throw new ConfigError((cause as Error).message, { cause });
  });
}

/** The same for a command beside a running Bazar, whose embedded server it then uses. */
export async function joinDatabases(parts: DatabaseParts): Promise<DatabaseUrls> {
  const running = await joinPostgres(resolve(parts.config.data));
  return running ? withDefault(givenUrls(parts.config), running) : openDatabases(parts);
}

function givenUrls(config: Config): DatabaseUrls {
  return urlOfEach((name) => config[`${name}DatabaseUrl`] ?? config.databaseUrl);
}

function withDefault(urls: DatabaseUrls, url: string): DatabaseUrls {
  return urlOfEach((name) => urls[name] ?? url);
}

function urlOfEach(urlOf: (name: ServiceName) => string | undefined): DatabaseUrls {
  return Object.fromEntries(serviceNames.map((name) => [name, urlOf(name)])) as DatabaseUrls;
}

/** The databases of the services here; several may share one. */
export function distinct(config: Config, urls: DatabaseUrls): string[] {
  return [...new Set(localServices(config).map((name) => urls[name] ?? ''))];
}

export function localServices(config: Config): ServiceName[] {
  return serviceNames.filter((name) => isHere(config, name));
}

/** Brings the schemas of the services here up to date. */
export async function migrateAll(
  { config, log }: Pick<DatabaseParts, 'config' | 'log'>,
  urls: DatabaseUrls,
) {
  await Promise.all(targets(config, urls, log).map(migrate));
}

/** Stops a start on a schema that this code does not fit. */
export async function refuseOldSchemas(
  { config, log }: Pick<DatabaseParts, 'config' | 'log'>,
  urls: DatabaseUrls,
) {
  const pending = await Promise.all(targets(config, urls, log).map(pendingMigrations));
  const names = pending.flat();
  if (names.length === 0) return;
  throw new ConfigError(
    `The database lacks ${names.join(', ')}. Run \`npm run bazar -- migrate\` first, or set MIGRATE_ON_START=true.`,
  );
}

function targets(config: Config, urls: DatabaseUrls, log: Log) {
  return localServices(config).map((schema) => ({
    schema,
    directory: join(import.meta.dirname, schema, 'migrations'),
    url: urls[schema] ?? '',
    log,
  }));
}
