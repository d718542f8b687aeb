import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { pino } from 'pino';
import { pgDataOf } from '../src/postgres/data-directory.ts';
import { findPostmaster } from '../src/postgres/postmaster.ts';
import { startPostgres } from '../src/postgres/server.ts';
import { removeAtExit } from './children.ts';

/** One real server for all systems: what it costs is the same for each of them. */
export type Cluster = {
  folder: string;
  pid: number;
  version: string;
  database: (name: string) => Promise<string>;
  walFsyncs: () => Promise<number>;
  /** From here on, by holding up whoever is about to sync the log for all. */
  syncTakes: (ms: number) => Promise<void>;
  ask: <Row>(text: string) => Promise<Row[]>;
  stop: () => Promise<void>;
};

/** Four systems keep their connections at the same time; everything else is as Bazar ships it. */
const settings = { max_connections: '200' };

/** Counts what each statement costs, also those inside of functions; not without cost itself. */
const watchful = {
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track': 'all',
};

export async function startCluster(
  onGiveUp: (error: Error) => void,
  isWatched: boolean,
): Promise<Cluster> {
  // Never a folder in memory: there an fsync costs nothing.
  const folder = await mkdtemp(join(tmpdir(), 'bazar-bench-'));
  await chmod(folder, 0o755);
  removeAtExit(folder);
  const log = pino({ level: 'silent' });
  const dataDir = join(folder, 'cluster');
  const server = await startPostgres({
    dataDir,
    log,
    onGiveUp,
    settings: { ...settings, ...(isWatched && watchful) },
  });
  const client = new Client({ connectionString: server.url });
  client.on('error', () => undefined);
  await client.connect();
  const ask = async <Row>(text: string) => (await client.query(text)).rows as Row[];
  const [durable] = await ask<{ isOn: boolean; version: string }>(
    `select current_setting('fsync') = 'on' and current_setting('synchronous_commit') = 'on'
       and current_setting('full_page_writes') = 'on' as "isOn",
       current_setting('server_version') as version`,
  );
  if (!durable?.isOn) throw new Error('This PostgreSQL is not durable, so it is no measure');
  const postmaster = await findPostmaster(pgDataOf(dataDir));
  return {
    folder,
    pid: postmaster?.pid ?? 0,
    version: durable.version,
    ask,
    async database(name) {
      await ask(`create database ${name}`);
      return server.url.replace(/\/\w+(?=\?|$)/, `/${name}`);
    },
    async walFsyncs() {
      const rows = await ask<{ fsyncs: string }>(
        `select sum(fsyncs) as fsyncs from pg_stat_io where object = 'wal'`,
      );
      return Number(rows[0]?.fsyncs ?? 0);
    },
    async syncTakes(ms) {
      await ask(`alter system set commit_delay = ${ms * 1_000}`);
      await ask('alter system set commit_siblings = 0');
      await ask('select pg_reload_conf()');
    },
    async stop() {
      await client.end();
      await server.stop();
    },
  };
}
