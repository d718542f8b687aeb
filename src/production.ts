import { ConfigError, isHere, type Config } from './config.ts';
import { distinct, localServices, type DatabaseUrls } from './databases.ts';
import { withClient } from './platform/migrate.ts';

/** What may never run in production, said before anything is opened. */
export function refuseDemoSettings(config: Config): void {
  if (config.bazarMode !== 'production') return;
  if (isHere(config, 'gateway') && config.host === undefined)
    throw new ConfigError('HOST must be set in production.');
  if (config.crashAt !== undefined)
    throw new ConfigError('CRASH_AT must not be set in production: it kills the process.');
  const bare = localServices(config).find(
    (name) => !config[`${name}DatabaseUrl`] && !config.databaseUrl,
  );
  if (bare)
    throw new ConfigError(`DATABASE_URL must be set in production: ${bare} has no database.`);
}

const question = `
  select current_setting('fsync') as fsync,
         current_setting('full_page_writes') as "fullPageWrites",
         current_setting('synchronous_commit') as "synchronousCommit",
         (select rolsuper from pg_roles where rolname = current_user) as superuser`;

type Answer = {
  fsync: string;
  fullPageWrites: string;
  synchronousCommit: string;
  superuser: boolean;
};

/** What would lose orders, or give them away: a database that forgets, or one without a lock. */
export async function refuseUnsafeDatabases(config: Config, urls: DatabaseUrls): Promise<void> {
  if (config.bazarMode !== 'production') return;
  await Promise.all(distinct(config, urls).map(refuseUnsafe));
}

async function refuseUnsafe(url: string): Promise<void> {
  const { rows } = await withClient(url, (client) => client.query<Answer>(question));
  const [answer] = rows;
  if (!answer) throw new Error('PostgreSQL did not say how it is set up');
  const { fsync, fullPageWrites, synchronousCommit, superuser } = answer;
  if (fsync === 'off' || fullPageWrites === 'off' || synchronousCommit === 'off') {
    throw new ConfigError(
      'The database may lose what it confirmed: set fsync, full_page_writes and synchronous_commit on.',
    );
  }
  if (superuser && new URL(url).password === '') {
    throw new ConfigError(
      'The database role is a superuser without a password; give Bazar a role of its own.',
    );
  }
}
