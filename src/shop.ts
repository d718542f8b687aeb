import { randomBytes } from 'node:crypto';
import { seedCatalog } from './catalog/seed.ts';
import { isHere } from './config.ts';
import type { DatabaseParts, DatabaseUrls } from './databases.ts';
import { openDatabase, type Database } from './platform/database.ts';
import { createMetrics } from './platform/metrics.ts';
import type { ServiceName } from './settings.ts';
import { createStaff, hasStaff } from './users/staff.ts';
import type { NewAdmin } from './welcome.ts';

type Parts = Pick<DatabaseParts, 'config' | 'log'>;

const username = 'admin';
const now = () => new Date();

/** A password that nobody chose: 96 random bits. */
export const randomPassword = (): string => randomBytes(12).toString('base64url');

/**
 * What a shop needs before its first customer: somebody who may run it, and in demo mode something
 * to sell. Says the password of a staff account that was made just now and is nobody's choice.
 */
export async function prepareShop(parts: Parts, urls: DatabaseUrls): Promise<NewAdmin> {
  const { config } = parts;
  if (isHere(config, 'catalog') && config.bazarMode === 'demo') {
    await withDatabase(parts, { service: 'catalog', urls }, (database) =>
      seedCatalog({ database }),
    );
  }
  if (!isHere(config, 'users')) return undefined;
  return withDatabase(parts, { service: 'users', urls }, (database) => firstStaff(parts, database));
}

async function firstStaff({ config, log }: Parts, database: Database): Promise<NewAdmin> {
  if (await hasStaff(database)) return undefined;
  const parts = { database, log, now };
  if (config.adminPassword) {
    await createStaff(parts, { username, password: config.adminPassword });
    return undefined;
  }
  // Production has no account that nobody asked for: `staff` makes the first one.
  if (config.bazarMode === 'production') return undefined;
  const password = randomPassword();
  await createStaff(parts, { username, password });
  return { username, password };
}

type Where = { service: ServiceName; urls: DatabaseUrls };

/** One service's database for one job beside the running service. */
export async function withDatabase<T>(
  { log }: Pick<Parts, 'log'>,
  { service, urls }: Where,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const url = urls[service] ?? '';
  const database = openDatabase({
    service,
    url,
    connectionsMax: 1,
    statementMsMax: 60_000,
    log,
    metrics: createMetrics(),
  });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
