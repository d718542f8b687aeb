import { rm } from 'node:fs/promises';
import type { NetConnectOpts } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { databaseName, roleName } from '../postgres/endpoint.ts';
import { until } from '../postgres/wait.ts';
import { roomyFolder } from '../testing/temp.ts';
import { startCluster, type Cluster } from './cluster.ts';
import { guardFolder } from './guard.ts';
import type { Settings } from './life.ts';
import { placeOf, startNode, type Node } from './node.ts';
import { openProxy, type Proxy } from './proxy.ts';

export const services = ['users', 'catalog', 'orders'] as const;
type Service = (typeof services)[number];

/** The processes there are, and what each of them is. */
export const shape = {
  gateway: 'gateway',
  users: 'users',
  catalog1: 'catalog',
  catalog2: 'catalog',
  orders1: 'orders',
  orders2: 'orders',
} as const;
export type NodeName = keyof typeof shape;
export const nodeNames = Object.keys(shape) as NodeName[];

/** Whom each calls; the names of the lines that can be cut. */
const calls: Record<(typeof shape)[NodeName], readonly (Service | 'database')[]> = {
  gateway: ['users', 'catalog', 'orders'],
  users: ['database'],
  catalog: ['users', 'orders', 'database'],
  orders: ['users', 'catalog', 'database'],
};
export const linkNames = [
  'clients-gateway',
  ...nodeNames.flatMap((name) => calls[shape[name]].map((callee) => `${name}-${callee}`)),
];
export const clusterNames = ['catalog-cluster', 'orders-cluster'] as const;

export const holdSeconds = 1;
export const adminPassword = 'a password of the staff';
const startMsMax = 60_000;

export type World = {
  nodes: ReadonlyMap<string, Node>;
  links: ReadonlyMap<string, Proxy>;
  clusters: ReadonlyMap<string, Cluster>;
  gatewayUrl: string;
  /** The databases themselves, past all lines. */
  databaseUrls: Record<Service, string>;
};

type Options = {
  /** Where logs go. */
  folder: string;
  random: () => number;
  /** The change of the code that the processes run with, if any. */
  mutant?: string | undefined;
  /** Takes how to close what was just opened. */
  opened: (close: () => Promise<unknown>) => void;
};

/** Two clusters, six processes, and a line between every two that talk. */
export async function openWorld(options: Options): Promise<World> {
  const { opened } = options;
  const home = await roomyFolder();
  const release = guardFolder(home);
  opened(async () => {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
    release();
  });
  const clusters = new Map<string, Cluster>();
  const startOne = async (name: string): Promise<void> => {
    const cluster = await startCluster(home, name);
    opened(cluster.close);
    clusters.set(name, cluster);
  };
  await Promise.all(clusterNames.map(startOne));
  const nodes = new Map<string, Node>();
  const links = await openLinks({ ...options, nodes, clusters });
  startNodes({ ...options, nodes, links, data: join(home, 'data') });
  await untilServing([...nodes.values()]);
  const [catalog, others] = [clusterOf(clusters, 'catalog'), clusterOf(clusters, 'orders')];
  return {
    nodes,
    links,
    clusters,
    gatewayUrl: urlOf(links, 'clients-gateway'),
    databaseUrls: { users: others.url, orders: others.url, catalog: catalog.url },
  };
}

/** Nothing is broken yet, so whoever ends now will not do better another time. */
async function untilServing(nodes: readonly Node[]): Promise<void> {
  const isDecided = () => {
    const failed = nodes.flatMap(({ ended }) => ended)[0];
    if (failed) throw new Error(`${failed.node} does not start (${failed.how}): see its log`);
    return nodes.every((node) => node.addresses()) || undefined;
  };
  if (!(await until(isDecided, startMsMax))) throw new Error('Bazar does not start: see the logs');
}

type Lines = Options & { nodes: Map<string, Node>; clusters: Map<string, Cluster> };

async function openLinks(parts: Lines): Promise<Map<string, Proxy>> {
  const { nodes, clusters, random, opened } = parts;
  /** A service of several processes is called in turn, as a balancer does, wherever they live now. */
  const placesOf = (service: string): NetConnectOpts[] =>
    [...nodes.values()].flatMap((node) => {
      const { gateway, internal } = (node.service === service && node.addresses()) || {};
      const url = gateway ?? internal;
      return url ? [placeOf(url)] : [];
    });
  const openLink = async (name: string): Promise<[string, Proxy]> => {
    const [caller = '', callee = ''] = name.split('-');
    const targets = () =>
      callee === 'database'
        ? [{ path: clusterOf(clusters, shape[caller as NodeName]).socketPath }]
        : placesOf(callee);
    const proxy = await openProxy({ targets, random });
    opened(proxy.close);
    return [name, proxy];
  };
  return new Map(await Promise.all(linkNames.map(openLink)));
}

type Lives = Options & { nodes: Map<string, Node>; links: Map<string, Proxy>; data: string };

function startNodes({ nodes, links, data, folder, mutant, opened }: Lives): void {
  const hook = pathToFileURL(join(import.meta.dirname, 'mutants', 'hook.ts')).href;
  for (const name of nodeNames) {
    const node = startNode({
      name,
      service: shape[name],
      settings: { ...settingsOf(name, links), data },
      logFile: join(folder, `${name}.log`),
      mutant: mutant && `${hook}?name=${mutant}`,
    });
    opened(node.close);
    nodes.set(name, node);
  }
}

/** Short times, so that much happens in a minute; and no limit that would hold the clients back. */
const common: Settings = {
  port: 0,
  internalPort: 0,
  metricsPort: 0,
  // No customer asks where anything is.
  trackingUrl: 'http://127.0.0.1:1',
  adminPassword,
  holdSeconds,
  auditSeconds: 5,
  poolMax: 4,
  drainMs: 0,
  deadlineMs: 2_500,
  callerPerMinuteMax: 1_000_000,
  addressPerMinuteMax: 1_000_000,
  logInPerMinuteMax: 1_000_000,
};

function settingsOf(name: NodeName, links: Map<string, Proxy>): Settings {
  const target = shape[name];
  const urls = services.map((service) => {
    const link = links.has(`${name}-${service}`) ? `${name}-${service}` : `gateway-${service}`;
    return [`${service}Url`, urlOf(links, link)] as const;
  });
  const port = links.get(`${name}-database`)?.port;
  const databaseUrl = `postgresql://${roleName}@127.0.0.1:${port}/${databaseName}?sslmode=disable`;
  return { ...common, target, ...Object.fromEntries(urls), ...(port && { databaseUrl }) };
}

function clusterOf(clusters: Map<string, Cluster>, service: string): Cluster {
  return clusters.get(service === 'catalog' ? 'catalog-cluster' : 'orders-cluster') as Cluster;
}

function urlOf(links: Map<string, Proxy>, name: string): string {
  return `http://127.0.0.1:${links.get(name)?.port}`;
}
