import { readConfig } from '../config.ts';
import { migrateAll } from '../databases.ts';
import { besideBazar } from './beside.ts';
import type { Command } from './command.ts';

export const run: Command = async (args, environment) => {
  const config = readConfig(args, environment);
  await besideBazar({ config, name: 'migrate', level: config.logLevel }, migrateAll);
  return 0;
};
