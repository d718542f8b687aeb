import { ConfigError } from '../config.ts';
import { summaries, type Command, type CommandName } from './command.ts';

/** Loaded when asked for: a server does not need what writes the documentation. */
const loaders: Record<CommandName, () => Promise<{ run: Command }>> = {
  serve: () => import('./serve.ts'),
  migrate: () => import('./migrate.ts'),
  staff: () => import('./staff.ts'),
  move: () => import('./move.ts'),
  audit: () => import('./audit.ts'),
  lab: () => import('./lab.ts'),
  config: () => import('./config.ts'),
  keys: () => import('./keys.ts'),
  docs: () => import('./docs.ts'),
  replay: () => import('./replay.ts'),
  listen: () => import('./listen.ts'),
  publish: () => import('./publish.ts'),
  warm: () => import('./warm.ts'),
  help: () => import('./help.ts'),
};

export async function findCommand(name: string): Promise<Command> {
  if (!isCommand(name)) {
    throw new ConfigError(`There is no command ${name}. Run \`npm run bazar -- help\`.`);
  }
  return (await loaders[name]()).run;
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(summaries, name);
}
