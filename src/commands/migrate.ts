import { readConfig } from '../config.ts';
import { joinDatabases, migrateAll } from '../databases.ts';
import { createLifecycle } from '../platform/lifecycle.ts';
import { createLog } from '../platform/log.ts';
import type { Command } from './command.ts';

export const run: Command = async (args, environment) => {
  const config = readConfig(args, environment);
  const log = createLog({ level: config.logLevel, name: 'migrate' });
  const lifecycle = createLifecycle(log);
  const onGiveUp = (err: Error) => log.fatal({ err }, 'PostgreSQL keeps stopping');
  try {
    const urls = await joinDatabases({ config, log, lifecycle, onGiveUp });
    await migrateAll({ config, log }, urls);
    return 0;
  } finally {
    await lifecycle.close();
  }
};
