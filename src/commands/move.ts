import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError, readConfig } from '../config.ts';
import { migrateAll, type DatabaseUrls } from '../databases.ts';
import { transfer } from '../platform/transfer.ts';
import { pgDataOf } from '../postgres/data-directory.ts';
import { joinPostgres, startPostgres } from '../postgres/server.ts';
import { serviceNames } from '../settings.ts';
import { besideBazar } from './beside.ts';
import type { Command } from './command.ts';

/**
 * Moves everything from the embedded PostgreSQL of a data directory into servers of one's own. What
 * was there stays there, so that one can go back.
 */
export const run: Command = async (args, environment) => {
  const config = readConfig(args, environment);
  const dataDir = resolve(config.data);
  const bare = serviceNames.find((name) => !config[`${name}DatabaseUrl`] && !config.databaseUrl);
  if (bare)
    throw new ConfigError(`Say where to: DATABASE_URL is not set, and ${bare} has no other.`);
  if (!existsSync(pgDataOf(dataDir))) throw new ConfigError(`There is no data in ${dataDir}.`);
  if (await joinPostgres(dataDir)) {
    throw new ConfigError(
      `Stop the Bazar of ${dataDir} first: what it takes now would be left behind.`,
    );
  }
  await besideBazar({ config, name: 'move', level: 'warn' }, async (parts, urls) => {
    const { log, lifecycle, onGiveUp } = parts;
    const embedded = await startPostgres({ dataDir, log, onGiveUp });
    lifecycle.opened('PostgreSQL', () => embedded.stop());
    const here = Object.fromEntries(serviceNames.map((name) => [name, embedded.url]));
    await migrateAll(parts, here as DatabaseUrls);
    await migrateAll(parts, urls);
    for (const schema of serviceNames) {
      const way = { schema, from: embedded.url, to: urls[schema] ?? '' };
      // oxlint-disable-next-line no-await-in-loop -- one after the other, so that it can be followed
      for (const { table, rows } of await transfer(way)) {
        process.stdout.write(`${String(rows).padStart(9)}  ${table}\n`);
      }
    }
  });
  return 0;
};
