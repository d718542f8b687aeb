export type Environment = Readonly<Record<string, string | undefined>>;

/** Runs with its flags; the number is the exit code. */
export type Command = (args: readonly string[], environment: Environment) => Promise<number>;

/** Every command, and what it is for. */
export const summaries = {
  serve: 'Run the targets of this process: all of Bazar, or some of its services',
  migrate: 'Bring the database schemas of the targets up to date, and stop',
  staff: 'Make a staff account, or give one a new password: --username=NAME [--email=…]',
  move: 'Move all data from the embedded PostgreSQL into one of yours, with Bazar stopped',
  audit: 'Check that orders and stock agree, beside a running Bazar: [--quiesced]',
  lab: 'Speak like one of five published systems: lab NAME [--port-offset=N]',
  config: 'Print the settings in force, with secrets masked',
  keys: 'Make the secrets that production needs: --out=DIRECTORY',
  docs: 'Write what is generated: docs/openapi.json and the tables in the documentation',
  replay: 'Play a recorded track: FILE --vehicle=NAME [--key=bzk_…] [--print] [--speed=1] [--loop]',
  listen: 'Print lines of text that come to a port, store those that are fixes: [--port=12345]',
  publish: 'Send a line of text to such a port every second: --name=NAME [--every=1s]',
  warm: 'Compile everything `serve` needs, and stop; the first start does it by itself',
  help: 'Print this',
};

export type CommandName = keyof typeof summaries;
