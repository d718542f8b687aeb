import { ConfigError } from './config.ts';
import { findCommand } from './commands/commands.ts';

/** `node src/main.ts COMMAND [flags]`; `serve` when none is named. */
const [first = 'serve', ...rest] = process.argv.slice(2);
const [name, args] = first.startsWith('-') ? ['serve', [first, ...rest]] : [first, rest];

try {
  const run = await findCommand(name);
  // oxlint-disable-next-line node/no-process-env -- handed to config.ts, the only reader
  process.exitCode = await run(args, process.env);
} catch (error) {
  // What the person at the keyboard can mend is said in words; a bug shows where it is.
  const known = error instanceof ConfigError;
  process.stderr.write(`bazar: ${known ? error.message : String((error as Error).stack)}\n`);
  process.exitCode = 1;
}
