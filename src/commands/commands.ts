import { ConfigError } from '../config.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Runs with its flags; the number is the exit code. */
export type Command = (args: readonly string[], environment: Environment) => Promise<number>;

/** Loaded when asked for: a server does not need what writes the documentation. */
const commands: Record<string, { summary: string; load: () => Promise<{ run: Command }> }> = {
  serve: {
    summary: 'Run the targets of this process: all of Bazar, or some of its services',
    load: () => import('./serve.ts'),
  },
  migrate: {
    summary: 'Bring the database schemas of the targets up to date, and stop',
    load: () => import('./migrate.ts'),
  },
  staff: {
    summary: 'Make a staff account, or give one a new password: --username=NAME [--email=…]',
    load: () => import('./staff.ts'),
  },
  config: {
    summary: 'Print the settings in force, with secrets masked',
    load: () => import('./config.ts'),
  },
  keys: {
    summary: 'Make the secrets that production needs: --out=DIRECTORY',
    load: () => import('./keys.ts'),
  },
  docs: {
    summary: 'Write what is generated: docs/openapi.json and the tables in the documentation',
    load: () => import('./docs.ts'),
  },
  warm: {
    summary: 'Compile everything `serve` needs, and stop; the first start does it by itself',
    load: () => import('./warm.ts'),
  },
  help: { summary: 'Print this', load: () => import('./help.ts') },
};

export async function findCommand(name: string): Promise<Command> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command)
    throw new ConfigError(`There is no command ${name}. Run \`npm run bazar -- help\`.`);
  return (await command.load()).run;
}

export function listCommands(): { name: string; summary: string }[] {
  return Object.entries(commands).map(([name, { summary }]) => ({ name, summary }));
}
