import { once } from 'node:events';
import { ConfigError } from '../config.ts';
import { openLineDoor } from '../gateway/line-door.ts';
import { AppError } from '../platform/errors.ts';
import { createPoster, type Outcome } from '../replay/poster.ts';
import type { Command } from './command.ts';
import { portOf, readFlags, urlOf } from './flags.ts';
import { interrupted } from './interrupt.ts';

const text = { type: 'string' } as const;
/** Whoever sends lines waits for it, and there is no second attempt. */
const limits = { connectionsMax: 32, deadlineMs: 5_000 };

/** Prints every line that comes, and has those that are fixes stored by a Bazar, if there is one. */
export const run: Command = async (args, environment) => {
  const { values } = readFlags(args, { port: text, host: text, url: text });
  const { host = '127.0.0.1' } = values;
  const port = portOf(values['port']);
  const poster = createPoster(urlOf(values['url']), limits);
  const stop = interrupted(environment);
  const ended = Promise.withResolvers<void>();
  stop.addEventListener('abort', () => ended.resolve(), { once: true });
  // Nobody reads any more: then there is nothing left to do here.
  process.stdout.on('error', () => ended.resolve());
  const opening = openLineDoor({
    host,
    port,
    print,
    report: async ({ vehicleId: vehicle, key, fix }) =>
      refuse(await poster.post({ vehicle, key, fixes: [fix] }, stop)),
    log: { warn: (details, what) => say(`${what} ${JSON.stringify(details)}`) },
  });
  const door = await opening.catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(`Port ${port} of ${host} cannot be opened: ${error.code}.`);
  });
  say(`listening on ${door.host}:${door.port}`);
  await ended.promise;
  await door.close();
  await poster.close();
  return 0;
};

async function print(line: string): Promise<void> {
  const { stdout } = process;
  if (!stdout.writable || stdout.write(`${line}\n`)) return;
  await once(stdout, 'drain').catch(() => undefined);
}

function refuse(outcome: Outcome): void {
  if (outcome.kind !== 'done') throw new AppError('unavailable', outcome.why);
  const [{ result, reason = '' } = {}] = outcome.report.results;
  if (result === 'refused') throw new AppError('invalid', reason);
}

function say(sentence: string): void {
  process.stderr.write(`bazar: ${sentence}\n`);
}
