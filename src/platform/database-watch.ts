import type { Database } from './database.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { repeat, type Repeated } from './repeat.ts';

type Options = {
  /** Whose database it is. */
  services: readonly string[];
  database: Pick<Database, 'one'>;
  metrics: Metrics;
  log: Log;
};

type Answer = {
  version: string;
  sizeBytes: number;
  connections: number;
  connectionsMax: number;
  oldestSeconds: number;
};

/** An outage is to be known before customers call. */
const everyMs = 10_000;

const state = {
  name: 'database-state',
  text: `
    select current_setting('server_version') as version,
           pg_database_size(current_database()) as "sizeBytes",
           count(*) as "connections",
           current_setting('max_connections')::int as "connectionsMax",
           coalesce(extract(epoch from clock_timestamp() - min(xact_start) filter (
             where datname = current_database() and pid <> pg_backend_pid())), 0)::float8
             as "oldestSeconds"
    from pg_stat_activity
    where backend_type = 'client backend'`,
};

/** Asks a database every ten seconds how it is, and puts it into the metrics. */
export function openDatabaseWatch({ services, database, metrics, log }: Options): Repeated {
  const labels = { services: services.join(',') };
  let version = '';

  async function round(): Promise<boolean> {
    try {
      const answer = await database.one<Answer>(state);
      if (answer) show(answer);
    } catch (error) {
      forget();
      throw error;
    }
    return false;
  }

  function show(answer: Answer): void {
    if (answer.version !== version) metrics.databaseUp.remove({ ...labels, version });
    version = answer.version;
    metrics.databaseUp.set({ ...labels, version }, 1);
    metrics.databaseSize.set(labels, answer.sizeBytes);
    metrics.databaseConnections.set(labels, answer.connections);
    metrics.databaseConnectionsMax.set(labels, answer.connectionsMax);
    metrics.databaseOldest.set(labels, answer.oldestSeconds);
  }

  /** What is not known any more must not look as if it were. */
  function forget(): void {
    metrics.databaseUp.set({ ...labels, version }, 0);
    metrics.databaseSize.remove(labels);
    metrics.databaseConnections.remove(labels);
    metrics.databaseConnectionsMax.remove(labels);
    metrics.databaseOldest.remove(labels);
  }

  return repeat({ name: `look at the database of ${labels.services}`, everyMs, round, log });
}
