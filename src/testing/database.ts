import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { after } from 'node:test';
import { Client } from 'pg';
import { pino } from 'pino';
import { openDatabase, type Database } from '../platform/database.ts';
import { createMetrics } from '../platform/metrics.ts';
import { migrate } from '../platform/migrate.ts';

export const silent = pino({ level: 'silent' });

/** The server that the run started, or that `TEST_DATABASE_URL` names. */
export function testServerUrl(): string {
  const url = process.env['TEST_DATABASE_URL'];
  if (!url) throw new Error('Run tests with `npm test -- FILE`, which starts PostgreSQL for them');
  return url;
}

const poolsOf = new Map<string, (() => Promise<void>)[]>();

/** Pools end before their databases do, or the server would end their connections under them. */
export function beforeDrop(url: string, close: () => Promise<void>): void {
  poolsOf.get(url)?.push(close);
}

/** An empty database of this test file's own, dropped when the file is done. */
export async function freshDatabaseUrl(): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(`create database ${name}`);
  const url = testServerUrl().replace(/\/\w+(?=\?|$)/, `/${name}`);
  poolsOf.set(url, []);
  after(async () => {
    await Promise.all((poolsOf.get(url) ?? []).map((close) => close()));
    await onServer(`drop database ${name} with (force)`);
  });
  return url;
}

/** A service's pool on a fresh database with its schema. */
export async function freshDatabase(schema: string): Promise<Database & { url: string }> {
  const url = await freshDatabaseUrl();
  await migrate({ schema, directory: migrationsOf(schema), url, log: silent });
  const metrics = createMetrics();
  const database = openDatabase({ service: schema, url, connectionsMax: 10, log: silent, metrics });
  beforeDrop(url, database.close);
  return { ...database, url };
}

export function migrationsOf(schema: string): string {
  return join(import.meta.dirname, '..', schema, 'migrations');
}

async function onServer(text: string): Promise<void> {
  const client = new Client({ connectionString: testServerUrl() });
  await client.connect();
  await client.query(text);
  await client.end();
}
