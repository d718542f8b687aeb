import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { kebab } from '../platform/names.ts';
import { pgDataOf } from '../postgres/data-directory.ts';
import { findPostmaster } from '../postgres/postmaster.ts';
import { until } from '../postgres/wait.ts';
import type { Addresses } from '../servers.ts';
import { serviceNames, type ServiceName } from '../settings.ts';
import { freshDatabaseUrl } from './database.ts';
import { freePort } from './free-port.ts';
import { roomyFolder } from './temp.ts';

export type Settings = Record<string, string | number | boolean>;
export type LogLine = Partial<Addresses> & {
  msg?: string;
  traceId?: string;
  service?: string;
  operation?: string;
};

export type Launched = {
  pid: number;
  /** What it has logged so far. */
  log: readonly LogLine[];
  /** What it has told a person so far. */
  stderr: () => string;
  isOver: () => boolean;
  signal: (name: NodeJS.Signals) => void;
  /** From here on nobody reads what it says. */
  deafen: () => void;
  /** The exit code, or null after a signal, once all that it has said is read. */
  ended: Promise<number | null>;
  stop: () => Promise<number | null>;
  kill: () => Promise<void>;
};

export type Running = Launched & { addresses: Addresses };

type Environment = Record<string, string>;

/** A data directory, and the processes that live in it. */
export type Home = {
  data: string;
  /** Starts a command of Bazar, such as `serve` or `lab gps`. */
  launch: (command: string, settings?: Settings, environment?: Environment) => Launched;
  /** Starts a process that serves, and waits until it does. */
  start: (settings: Settings, environment?: Environment) => Promise<Running>;
};

/** One Bazar in one of its shapes, and what is needed to talk to it. */
export type Bazar = {
  gateways: string[];
  processes: Record<string, Running>;
  data: string;
  databaseUrl: string;
};

export const adminPassword = 'a password of the staff';

const root = join(import.meta.dirname, '..', '..');
const startMsMax = 45_000;
const endMsMax = 10_000;
/** Every port is one that nobody else has. */
const anyPorts = { port: 0, internalPort: 0, metricsPort: 0 };
/** The database server has a hundred connections for all test files together. */
const modest = { poolMax: 4, drainMs: 0, demoVan: false, adminPassword };

/**
 * Whatever happens, its processes and files are gone when the test or the file is done. They run
 * what is in `source`: this checkout, or that of another version.
 */
export async function makeHome(source = root): Promise<Home> {
  const data = await roomyFolder();
  const launched: Launched[] = [];
  after(async () => {
    await Promise.all(launched.map(({ kill }) => kill()));
    await endPostgres(data);
    await rm(data, { recursive: true, force: true, maxRetries: 5 });
  });
  const home: Home = {
    data,
    launch(command, settings = {}, environment = {}) {
      const args = [join(source, 'src/start.js'), ...command.split(' '), ...flagsOf(settings)];
      const one = launch(args, environment, data);
      launched.push(one);
      return one;
    },
    start: (settings, environment) =>
      untilServing(home.launch('serve', { ...anyPorts, data, ...settings }, environment)),
  };
  return home;
}

function flagsOf(settings: Settings): string[] {
  return Object.entries(settings).map(([name, value]) => `--${kebab(name)}=${value}`);
}

function launch(args: string[], environment: Environment, cwd: string): Launched {
  const child = spawn(process.execPath, args, {
    // Nobody else's data is in here, whatever the default says.
    cwd,
    // Nothing of what happens to be set where the tests run may reach it.
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const log: LogLine[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => log.push(readLine(line)));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const signal = (name: NodeJS.Signals): void => void child.kill(name);
  const guard = guardOver(child.pid ?? 0);
  child.once('exit', () => guard.kill('SIGKILL'));
  return {
    pid: child.pid ?? 0,
    log,
    stderr: () => stderr,
    isOver: () => child.exitCode !== null || child.signalCode !== null,
    signal,
    deafen() {
      child.stdout.destroy();
      child.stderr.destroy();
    },
    ended,
    stop() {
      signal('SIGTERM');
      return ended;
    },
    async kill() {
      signal('SIGKILL');
      await exited;
    },
  };
}

/**
 * Ends a process when this one is gone, however it went: then its end of the pipe is closed. The
 * second signal makes Bazar stop at once, and take its PostgreSQL along.
 */
function guardOver(pid: number): ChildProcess {
  const script = 'read -r _; kill -TERM "$1"; kill -INT "$1"; sleep 5; kill -KILL "$1"';
  const guard = spawn('sh', ['-c', script, 'guard', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // Where there is no shell, the tests still clean up after themselves when they can.
  return guard.on('error', () => undefined);
}

async function untilServing(launched: Launched): Promise<Running> {
  const serving = () => launched.log.find(({ msg }) => msg === 'serving');
  await until(() => serving() ?? (launched.isOver() || undefined), startMsMax);
  const line = serving();
  if (!line) throw new Error(`No start: ${JSON.stringify(launched.log)} ${launched.stderr()}`);
  const { gateway, internal, metrics = '' } = line;
  const addresses = { ...(gateway && { gateway }), ...(internal && { internal }), metrics };
  return { ...launched, addresses };
}

/** Everything in one process. */
export async function startAll(settings: Settings = {}): Promise<Bazar> {
  const databaseUrl = await freshDatabaseUrl();
  const { data, start } = await makeHome();
  const all = await start({ ...modest, databaseUrl, ...settings });
  return { gateways: [all.addresses.gateway ?? ''], processes: { all }, data, databaseUrl };
}

/** Each service in a process of its own, behind two gateways. */
export async function startSplit(settings: Settings = {}): Promise<Bazar> {
  const databaseUrl = await freshDatabaseUrl();
  const { data, start } = await makeHome();
  const { ports, urls } = await servicePlaces();
  const common = { ...modest, databaseUrl, ...urls, ...settings };
  const service = (target: ServiceName) =>
    start({ ...common, target, internalPort: ports[target] });
  const [users, catalog, orders, tracking, gateway, otherGateway] = await Promise.all([
    service('users'),
    service('catalog'),
    service('orders'),
    service('tracking'),
    start({ ...common, target: 'gateway' }),
    start({ ...common, target: 'gateway' }),
  ]);
  const gateways = [gateway, otherGateway].map(({ addresses }) => addresses.gateway ?? '');
  const processes = { users, catalog, orders, tracking, gateway, otherGateway };
  return { gateways, processes, data, databaseUrl };
}

/** A free port for each service, and the settings that say where it answers. */
export async function servicePlaces() {
  const free = await Promise.all(serviceNames.map(freePort));
  const places = serviceNames.map((name, i) => [name, free[i] ?? 0] as const);
  const urls = places.map(([name, port]) => [`${name}Url`, `http://127.0.0.1:${port}`]);
  return {
    ports: Object.fromEntries(places) as Record<ServiceName, number>,
    urls: Object.fromEntries(urls) as Settings,
  };
}

/** The process of the embedded server in a data directory, if one runs. */
export async function postmasterOf(data: string): Promise<number | undefined> {
  return (await findPostmaster(pgDataOf(data)))?.pid;
}

/** Unlike SIGKILL, SIGQUIT lets it give its shared memory back. */
async function endPostgres(data: string): Promise<void> {
  const pid = await postmasterOf(data);
  if (pid === undefined) return;
  process.kill(pid, 'SIGQUIT');
  await until(async () => (await postmasterOf(data)) === undefined || undefined, endMsMax);
}

function readLine(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { msg: line };
  }
}
