import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { kebab } from '../platform/names.ts';
import { until } from '../postgres/wait.ts';
import type { Addresses } from '../servers.ts';
import { freshDatabaseUrl } from './database.ts';

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
  signal: (name: NodeJS.Signals) => void;
  isOver: () => boolean;
  /** The exit code; null when a signal has ended it. */
  exited: Promise<number | null>;
  stop: () => Promise<number | null>;
  kill: () => Promise<number | null>;
};

export type Running = Launched & { addresses: Addresses };

/** One Bazar in one of its shapes, and what is needed to talk to it. */
export type Bazar = {
  gateways: string[];
  processes: Record<string, Running>;
  databaseUrl: string;
};

export const adminPassword = 'a password of the staff';

const root = join(import.meta.dirname, '..', '..');
const startMsMax = 45_000;
const memoryBytesMin = 2 ** 30;
/** Every port is one that nobody else has. */
const anyPorts = { port: 0, internalPort: 0, metricsPort: 0 };
/** A server shared by all test files has a hundred connections for everybody. */
const modest = { poolMax: 4, drainMs: 0, adminPassword };

/** Starts a command of Bazar; the test or the file that started it sees to its end. */
export function launch(
  command: string,
  { settings = {}, env = {} }: { settings?: Settings; env?: Record<string, string> } = {},
): Launched {
  const flags = Object.entries(settings).map(([name, value]) => `--${kebab(name)}=${value}`);
  const child = spawn(process.execPath, [join(root, 'src/start.js'), command, ...flags], {
    cwd: tmpdir(),
    // Nothing of what happens to be set where the tests run may reach it.
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const log: LogLine[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => log.push(readLine(line)));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const signal = (name: NodeJS.Signals): void => void child.kill(name);
  const end = (name: NodeJS.Signals) => () => {
    signal(name);
    return exited;
  };
  const kill = end('SIGKILL');
  const takeAlong = () => signal('SIGKILL');
  process.once('exit', takeAlong);
  after(async () => {
    await kill();
    process.off('exit', takeAlong);
  });
  return {
    pid: child.pid ?? 0,
    log,
    stderr: () => stderr,
    signal,
    isOver: () => child.exitCode !== null || child.signalCode !== null,
    exited,
    stop: end('SIGTERM'),
    kill,
  };
}

/** Starts a process that serves, and waits until it does. */
export async function start(
  settings: Settings,
  env: Record<string, string> = {},
): Promise<Running> {
  const launched = launch('serve', { settings: { ...anyPorts, ...settings }, env });
  const serving = (): Addresses | undefined => {
    const line = launched.log.find(({ msg }) => msg === 'serving');
    return line && addressesOf(line);
  };
  await until(() => serving() ?? (launched.isOver() || undefined), startMsMax);
  const addresses = serving();
  if (addresses) return { ...launched, addresses };
  throw new Error(`It does not serve: ${JSON.stringify(launched.log)} ${launched.stderr()}`);
}

function addressesOf({ gateway, internal, metrics = '' }: LogLine): Addresses {
  return { ...(gateway && { gateway }), ...(internal && { internal }), metrics };
}

/** Everything in one process. */
export async function startAll(settings: Settings = {}): Promise<Bazar> {
  const databaseUrl = await freshDatabaseUrl();
  const data = await scratchFolder();
  const all = await start({ ...modest, data, databaseUrl, ...settings });
  return { gateways: [all.addresses.gateway ?? ''], processes: { all }, databaseUrl };
}

/** Each service in a process of its own, behind two gateways. */
export async function startSplit(settings: Settings = {}): Promise<Bazar> {
  const databaseUrl = await freshDatabaseUrl();
  const data = await scratchFolder();
  const [usersPort, catalogPort] = await Promise.all([freePort(), freePort()]);
  const [usersUrl, catalogUrl] = [usersPort, catalogPort].map((port) => `http://127.0.0.1:${port}`);
  const common = { ...modest, data, databaseUrl, ...settings };
  const [users, catalog, gateway, otherGateway] = await Promise.all([
    start({ ...common, target: 'users', internalPort: usersPort, catalogUrl: catalogUrl ?? '' }),
    start({ ...common, target: 'catalog', internalPort: catalogPort, usersUrl: usersUrl ?? '' }),
    start({ ...common, target: 'gateway', usersUrl: usersUrl ?? '', catalogUrl: catalogUrl ?? '' }),
    start({ ...common, target: 'gateway', usersUrl: usersUrl ?? '', catalogUrl: catalogUrl ?? '' }),
  ]);
  const gateways = [gateway, otherGateway].map(({ addresses }) => addresses.gateway ?? '');
  return { gateways, processes: { users, catalog, gateway, otherGateway }, databaseUrl };
}

/** A folder that goes with the test or the file; every user can reach what is in it. */
export async function scratchFolder(): Promise<string> {
  // Memory where there is plenty: a PostgreSQL of one's own is a thousand files.
  const memory = await statfs('/dev/shm').catch(() => undefined);
  const isRoomy = memory && memory.bavail * memory.bsize > memoryBytesMin;
  const folder = await mkdtemp(join(isRoomy ? '/dev/shm' : tmpdir(), 'bazar-test-'));
  await chmod(folder, 0o755);
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** From below the ports that systems hand out by themselves, so that nobody takes it meanwhile. */
export async function freePort(): Promise<number> {
  const port = 10_000 + Math.floor(Math.random() * 20_000);
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return port;
  } catch {
    return await freePort();
  } finally {
    server.close();
  }
}

function readLine(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { msg: line };
  }
}
