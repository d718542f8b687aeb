import { describeConfig, readConfig } from '../config.ts';
import type { Command } from './command.ts';

export const run: Command = async (args, environment) => {
  process.stdout.write(`${describeConfig(readConfig(args, environment)).join('\n')}\n`);
  return 0;
};
