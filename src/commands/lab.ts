import { wireServices } from '../app.ts';
import { ConfigError, isHere, readConfig, type Config } from '../config.ts';
import {
  joinDatabases,
  migrateAll,
  openDatabases,
  type DatabaseParts,
  type DatabaseUrls,
} from '../databases.ts';
import { seedCatalog } from '../catalog/seed.ts';
import { createActing } from '../labs/acting.ts';
import { openLabDoors } from '../labs/doors.ts';
import type { Lab } from '../labs/lab.ts';
import { findLab, labNames } from '../labs/labs.ts';
import { createUserVerifier } from '../platform/callers.ts';
import { createLifecycle } from '../platform/lifecycle.ts';
import { createLog } from '../platform/log.ts';
import { withDatabase } from '../shop.ts';
import { createStopper } from '../stop.ts';
import type { Command, Environment } from './command.ts';

const common = { 'port-offset': 'Add this to every port.', key: 'An API key of staff.' };

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const nameOf = (arg: string): string => /^--([a-z-]+)/.exec(arg)?.[1] ?? '';

type Asked = { lab: Lab; flags: Record<string, string>; config: Config };

/** Opens the ports and forms of a published system on top of Bazar, which it starts if need be. */
export const run: Command = async (args, environment) => {
  const { lab, flags, config } = await readArgs(args, environment);
  const log = createLog({ level: config.logLevel, name: 'lab' });
  const lifecycle = createLifecycle(log);
  const stopper = createStopper({ lifecycle, log, drainMs: 0 });
  if (environment['npm_lifecycle_event']) stopper.endWithParent();
  // Who has stopped reading what it says goes on using it.
  process.stdout.on('error', () => undefined);
  const parts = { config, log, lifecycle, onGiveUp: stopper.fail };
  try {
    const databaseUrls = await prepare(parts, flags['part'] !== undefined);
    const wired = await wireServices({ ...parts, databaseUrls });
    const { services, health } = wired;
    const { deadlineMs, host = '127.0.0.1' } = config;
    const portOffset = offsetOf(flags);
    const acting = createActing({
      users: services.users,
      key: flags['key'],
      verifyUser: createUserVerifier(services.users.getTokenKeys),
      deadlineMs,
    });
    const doors = await lab.start({ ...parts, services, ...acting, flags, host, portOffset, say });
    const places = await openLabDoors(doors, { ...wired, ...parts, host, portOffset, deadlineMs });
    stopper.started(health);
    log.info({ places }, 'serving');
    process.stderr.write(`\n${places.map((place) => `  ${place}\n`).join('')}\n`);
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
  return stopper.stopped;
};

/** A part of a lab that runs in several processes finds the database of the first one. */
async function prepare(parts: DatabaseParts, isPart: boolean): Promise<DatabaseUrls> {
  const urls = await (isPart ? joinDatabases(parts) : openDatabases(parts));
  await migrateAll(parts, urls);
  if (isHere(parts.config, 'catalog')) {
    // Something to sell, and nobody who could be taken for the first customer.
    await withDatabase(parts, { service: 'catalog', urls }, (database) =>
      seedCatalog({ database }),
    );
  }
  return urls;
}

/** The flags of the lab are its own; all others are settings of Bazar. */
async function readArgs(args: readonly string[], environment: Environment): Promise<Asked> {
  const [name = '', ...rest] = joined(args);
  const lab = await findLab(name);
  if (!lab) throw new ConfigError(`A lab is one of ${labNames.join(', ')}.`);
  const own = new Set([...Object.keys(common), ...Object.keys(lab.flags ?? {})]);
  const isOwn = (arg: string) => own.has(nameOf(arg));
  const flags = rest.filter(isOwn).map((arg) => [nameOf(arg), arg.split('=').slice(1).join('=')]);
  // Its data is apart from that of a Bazar, so that numbers begin at 1.
  const data = environment['DATA_DIR'] ?? environment['DATA'] ?? `./data/lab-${name}`;
  const settings = { ...environment, DATA: data };
  const config = readConfig(
    rest.filter((arg) => !isOwn(arg)),
    settings,
  );
  return { lab, flags: Object.fromEntries(flags) as Asked['flags'], config };
}

/** `--csv FILE` is `--csv=FILE`. */
function joined(args: readonly string[]): string[] {
  const isValue = (i: number) =>
    !args[i]?.startsWith('--') && args[i - 1]?.startsWith('--') && !args[i - 1]?.includes('=');
  return args.flatMap((arg, i) => {
    if (isValue(i)) return [];
    return i + 1 < args.length && isValue(i + 1) ? [`${arg}=${args[i + 1]}`] : [arg];
  });
}

function offsetOf(flags: Record<string, string>): number {
  const { 'port-offset': text = '0' } = flags;
  const offset = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (offset <= 50_000) return offset;
  throw new ConfigError(`--port-offset is a number from 0 to 50000, not ${text}.`);
}
