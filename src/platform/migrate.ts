import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Log } from './log.ts';

type Migration = { number: number; name: string; text: string; hash: string };
type Target = { schema: string; directory: string; url: string; log: Log };

/**
 * Brings one service's schema up to date. Any number of processes may start at once: an advisory
 * lock lets them in one by one, and the later ones find nothing left to do.
 */
export async function migrate(target: Target): Promise<void> {
  const { schema, url, log } = target;
  const migrations = await readMigrations(target.directory);
  await withClient(url, async (client) => {
    await client.query('select pg_advisory_lock(hashtext($1::text))', [`bazar migrate ${schema}`]);
    await client.query(`create schema if not exists ${schema}`);
    await client.query(
      `create table if not exists ${schema}.migrations (
         number int primary key, name text not null, hash text not null,
         applied_at timestamptz not null default clock_timestamp())`,
    );
    for (const migration of await missing(client, schema, migrations)) {
      // oxlint-disable-next-line no-await-in-loop -- each builds on the one before
      await apply(client, schema, migration);
      log.info({ schema, migration: migration.name }, 'migrated');
    }
  });
}

/** Says what `migrate` would still do; an empty list means that the schema fits this code. */
export async function pendingMigrations(target: Target): Promise<string[]> {
  const migrations = await readMigrations(target.directory);
  return withClient(target.url, async (client) => {
    const { rows } = await client.query<{ found: boolean }>(
      'select to_regclass($1::text) is not null as found',
      [`${target.schema}.migrations`],
    );
    const todo = rows[0]?.found ? await missing(client, target.schema, migrations) : migrations;
    return todo.map(({ name }) => name);
  });
}

/** One connection for one job. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.sql')).toSorted();
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(directory, file), 'utf8');
      const hash = createHash('sha256').update(text).digest('hex');
      return { number: Number.parseInt(file, 10), name: file, text, hash };
    }),
  );
}

async function missing(client: Client, schema: string, migrations: Migration[]) {
  const { rows } = await client.query<{ number: number; hash: string }>(
    `select number, hash from ${schema}.migrations`,
  );
  const applied = new Map(rows.map(({ number, hash }) => [number, hash]));
  const edited = migrations.find(({ number, hash }) => (applied.get(number) ?? hash) !== hash);
  if (edited) throw new Error(`${schema}: ${edited.name} was changed after it had been applied`);
  return migrations.filter(({ number }) => !applied.has(number));
}

async function apply(client: Client, schema: string, migration: Migration): Promise<void> {
  const { number, name, text, hash } = migration;
  await client.query('begin');
  try {
    // Old code may still serve: better to give up than to queue everybody behind a waiting lock.
    await client.query(`set local lock_timeout = '5s'`);
    await client.query(
      `insert into ${schema}.migrations (number, name, hash) values ($1::int, $2::text, $3::text)`,
      [number, name, hash],
    );
    await client.query(text);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw new Error(`${schema}: ${name} failed: ${(error as Error).message}`, { cause: error });
  }
}
