import { setTimeout } from 'node:timers/promises';
import { freePort } from '../src/testing/free-port.ts';
import { run, type Child } from './children.ts';
import { keyMark, productMark } from './load-spec.ts';
import { makeTables } from './naive-tables.ts';
import type { Cluster } from './postgres.ts';
import { makeShop, signIn, type Session } from './shop.ts';

export const systemNames = ['all', 'naive', 'split', 'naive-split'] as const;
export type SystemName = (typeof systemNames)[number];

/** Something that takes orders, in one process or more. */
export type System = {
  name: SystemName;
  port: number;
  pids: number[];
  /** Where its processes show their metrics; the baselines have none. */
  metricsUrls: string[];
  /** Requests as they go over the wire, with marks for the key and the products. */
  templates: (lines: number) => Promise<string[]>;
  /** Others are measured now: nothing of this one may run. */
  pause: () => void;
  resume: () => void;
  stop: () => Promise<void>;
};

export type StartOptions = {
  cluster: Cluster;
  nodeFlags?: string[];
  settings?: string[];
  /** Where several of one kind run side by side. */
  database?: string;
};

/** Of 5, 10, 20 and 40: fewer suit one hot product, more suit many, and 40 is worse for both. */
export const naiveConnections = 10;

const startMsMax = 60_000;
const pollMs = 50;
export const adminPassword = 'a password of the staff';
/** As `npm start` does. */
const startFlags = ['--max-semi-space-size=16'];
/** Sixteen callers of one address do the work of thousands: without this they would be refused. */
const limits = ['caller', 'address', 'log-in'].map((name) => `--${name}-per-minute-max=1000000`);

export function start(name: SystemName, options: StartOptions): Promise<System> {
  const starters = {
    all: startAll,
    split: startSplit,
    naive: startNaive,
    'naive-split': startNaiveSplit,
  };
  return starters[name](options);
}

async function startAll(options: StartOptions): Promise<System> {
  const url = await options.cluster.database(options.database ?? 'bench_all');
  const part = await startBazar('all', [`--database-url=${url}`], options);
  return shop('all', [part]);
}

async function startSplit(options: StartOptions): Promise<System> {
  const url = await options.cluster.database('bench_split');
  const names = ['users', 'catalog', 'orders'] as const;
  const ports = await Promise.all(names.map(freePort));
  const urls = names.map((name, i) => `--${name}-url=http://127.0.0.1:${ports[i]}`);
  // Nobody asks for vehicles here, but no process starts without knowing where they are.
  const common = [`--database-url=${url}`, ...urls, '--tracking-url=http://127.0.0.1:1'];
  const services = names.map((name, i) =>
    startBazar(name, [...common, `--internal-port=${ports[i]}`], options),
  );
  const gateway = startBazar('gateway', common, options);
  return shop('split', [await gateway, ...(await Promise.all(services))]);
}

export type Part = { child: Child; port: number; metricsUrl: string };

export async function startBazar(
  target: string,
  flags: readonly string[],
  { cluster, nodeFlags = [], settings = [] }: StartOptions,
): Promise<Part> {
  const [port, metricsPort] = await Promise.all([freePort(), freePort()]);
  const own = [`--target=${target}`, `--port=${port}`, `--metrics-port=${metricsPort}`];
  const kept = [`--data=${cluster.folder}/bazar`, `--admin-password=${adminPassword}`];
  const quiet = ['--log-level=warn', '--demo-van=false'];
  const all = ['serve', ...own, ...kept, ...quiet, ...limits, ...flags, ...settings];
  const child = run('src/start.js', all, [...startFlags, ...nodeFlags]);
  const metricsUrl = `http://127.0.0.1:${metricsPort}`;
  await untilReady(child, `${metricsUrl}/health/ready`);
  return { child, port, metricsUrl: `${metricsUrl}/metrics` };
}

async function untilReady(child: Child, url: string): Promise<void> {
  const endsAtMs = performance.now() + startMsMax;
  const isReady = async () => (await fetch(url).catch(() => undefined))?.ok;
  // oxlint-disable-next-line no-await-in-loop -- asking again is all it does
  while (!(await isReady())) {
    if (child.isOver() || performance.now() > endsAtMs) {
      throw new Error(`Bazar does not start: ${child.lastWords()}`);
    }
    // oxlint-disable-next-line no-await-in-loop -- asking again is all it does
    await setTimeout(pollMs);
  }
}

/** Bazar with products to sell and customers who are signed in. */
async function shop(name: SystemName, parts: Part[]): Promise<System> {
  const port = parts[0]?.port ?? 0;
  const customers = await makeShop(`http://127.0.0.1:${port}`, adminPassword);
  let sessions: Session[] = [];
  return {
    ...system(
      name,
      parts.map(({ child }) => child),
    ),
    port,
    metricsUrls: parts.map(({ metricsUrl }) => metricsUrl),
    async templates(lines) {
      sessions = await signIn(`http://127.0.0.1:${port}`, customers, sessions);
      const body = JSON.stringify({ lines: wanted(lines) });
      return sessions.map(({ token }) =>
        request(body, [`authorization: Bearer ${token}`, `idempotency-key: ${keyMark}`]),
      );
    },
  };
}

async function startNaive({ cluster }: StartOptions): Promise<System> {
  const url = await cluster.database('bench_naive');
  const users = await makeTables(url);
  const { child, port } = await startBaseline('bench/naive.ts', [`--url=${url}`]);
  return { ...system('naive', [child]), ...baseline(port, users) };
}

async function startNaiveSplit({ cluster }: StartOptions): Promise<System> {
  const url = await cluster.database('bench_naive_split');
  const ids = await makeTables(url);
  const one = (service: string, ...flags: string[]) =>
    startBaseline('bench/naive-split.ts', [`--service=${service}`, `--url=${url}`, ...flags]);
  const [users, catalog] = await Promise.all([one('users'), one('catalog')]);
  const orders = await one(
    'orders',
    `--usersUrl=http://127.0.0.1:${users.port}`,
    `--catalogUrl=http://127.0.0.1:${catalog.port}`,
  );
  const children = [orders, users, catalog].map(({ child }) => child);
  return { ...system('naive-split', children), ...baseline(orders.port, ids) };
}

export async function startBaseline(file: string, flags: readonly string[]) {
  const child = run(file, [...flags, `--connections=${naiveConnections}`]);
  const { port } = await child.message<{ port: number }>('port');
  return { child, port };
}

function baseline(port: number, users: readonly string[]) {
  const templates = async (lines: number) =>
    users.map((userId) => request(JSON.stringify({ userId, lines: wanted(lines) }), []));
  return { port, metricsUrls: [], templates };
}

function system(name: SystemName, children: readonly Child[]) {
  const signal = (what: NodeJS.Signals) => () => children.forEach((one) => one.process.kill(what));
  return {
    name,
    pids: children.map(({ pid }) => pid),
    pause: signal('SIGSTOP'),
    resume: signal('SIGCONT'),
    async stop() {
      await Promise.all(children.map((child) => child.stop()));
    },
  };
}

function wanted(lines: number) {
  return Array.from({ length: lines }, () => ({ productId: productMark, quantity: 1 }));
}

function request(body: string, headers: readonly string[]): string {
  const head = ['POST /v1/orders HTTP/1.1', 'host: 127.0.0.1', 'content-type: application/json'];
  return [...head, ...headers, `content-length: ${body.length}`, '', body].join('\r\n');
}
