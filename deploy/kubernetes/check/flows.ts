import { callees } from '../../../src/bind.ts';
import { isHere } from '../../../src/config.ts';
import { serviceNames } from '../../../src/settings.ts';
import {
  ofKind,
  selects,
  titleOf,
  type Cluster,
  type Labels,
  type Selector,
  type Workload,
} from './manifest.ts';
import type { Told } from './environment.ts';

type Peer = {
  podSelector?: Selector;
  namespaceSelector?: { matchLabels?: Labels };
  ipBlock?: { cidr: string };
};
type Port = { port: number; protocol?: string };
type PolicySpec = {
  podSelector: Selector;
  policyTypes: string[];
  ingress?: { from?: Peer[]; ports?: Port[] }[];
  egress?: { to?: Peer[]; ports?: Port[] }[];
};
type Flows = { out: Set<string>; in: Set<string> };
type Rule = { peers: Peer[] | undefined; ports: Port[] | undefined };

/** An egress to everything is for servers that are somewhere else. */
const outside: Peer[] = [{ ipBlock: { cidr: '0.0.0.0/0' } }];
const namespaceLabel = 'kubernetes.io/metadata.name';
const dns = ['53/UDP', '53/TCP'].map((port) => `kube-system ${port}`);

/** Where what NetworkPolicies let through is not what the processes need: more, or less. */
export function flowFlaws(cluster: Cluster, all: Told[]): string[] {
  const allowed = allowedFlows(cluster);
  const needed = neededFlows(cluster, all);
  return [
    ...openPods(cluster),
    ...difference(needed.out, allowed.out).map((flow) => `may not go out: ${flow}`),
    ...difference(needed.in, allowed.in).map((flow) => `may not come in: ${flow}`),
    ...difference(allowed.out, needed.out).map((flow) => `may go out for nothing: ${flow}`),
    ...difference(allowed.in, needed.in).map((flow) => `may come in for nothing: ${flow}`),
  ];
}

function difference(all: ReadonlySet<string>, without: ReadonlySet<string>): string[] {
  return [...all].filter((flow) => !without.has(flow));
}

function openPods(cluster: Cluster): string[] {
  const policies = ofKind<PolicySpec>(cluster, 'NetworkPolicy');
  const isClosed = ({ labels }: Workload, type: string) =>
    policies.some(
      ({ spec }) => spec.policyTypes.includes(type) && selects(spec.podSelector, labels),
    );
  return cluster.workloads
    .filter((workload) => !['Ingress', 'Egress'].every((type) => isClosed(workload, type)))
    .map(({ owner }) => `${titleOf(owner)}: no NetworkPolicy closes it`);
}

function allowedFlows(cluster: Cluster): Flows {
  const flows: Flows = { out: new Set(), in: new Set() };
  for (const { spec } of ofKind<PolicySpec>(cluster, 'NetworkPolicy')) {
    const outward = (spec.egress ?? []).map(({ to, ports }) => ({ peers: to ?? outside, ports }));
    const inward = (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }));
    for (const { name } of cluster.workloads.filter(({ labels }) =>
      selects(spec.podSelector, labels),
    )) {
      for (const { peer, port } of outward.flatMap((rule) => spell(cluster, rule)))
        flows.out.add(`${name} → ${peer} ${port}`);
      for (const { peer, port } of inward.flatMap((rule) => spell(cluster, rule)))
        flows.in.add(`${peer} → ${name} ${port}`);
    }
  }
  return flows;
}

/** Every peer of a rule with every port, by name. */
function spell(cluster: Cluster, { peers, ports }: Rule): { peer: string; port: string }[] {
  const names = peers?.flatMap((peer) => peerNames(cluster, peer)) ?? ['anywhere'];
  const spelled = ports?.map(({ port, protocol }) =>
    protocol === undefined ? `${port}` : `${port}/${protocol}`,
  ) ?? ['any port'];
  return names.flatMap((peer) => spelled.map((port) => ({ peer, port })));
}

function peerNames({ workloads }: Cluster, peer: Peer): string[] {
  if (peer.ipBlock) return ['outside'];
  const namespace = peer.namespaceSelector?.matchLabels?.[namespaceLabel];
  if (peer.namespaceSelector) return [namespace ?? 'any namespace'];
  return workloads
    .filter(({ labels }) => selects(peer.podSelector, labels))
    .map(({ name }) => name);
}

/** What each process has to reach, by the addresses in its own settings, and who has to reach it. */
function neededFlows(cluster: Cluster, all: Told[]): Flows {
  const flows: Flows = { out: new Set(), in: new Set() };
  for (const { name } of cluster.workloads) {
    // The servers of the demo call nobody, but a rule for all is simpler than one for all but them.
    for (const server of dns) flows.out.add(`${name} → ${server}`);
  }
  for (const told of all) {
    const { name } = told.workload;
    const pods = new Set(cluster.workloads.map((workload) => workload.name));
    for (const { host, port } of addressesOf(told)) {
      const peer = peerOf(cluster, host);
      flows.out.add(`${name} → ${peer} ${port}`);
      if (pods.has(peer)) flows.in.add(`${name} → ${peer} ${port}`);
    }
    for (const ring of callersOf(cluster, told)) flows.in.add(ring);
  }
  return flows;
}

/** Who comes from elsewhere: Prometheus to all that serve, and to the gateway its customers. */
function callersOf(cluster: Cluster, { workload: { name }, config, isServing }: Told): string[] {
  if (config instanceof Error || !isServing) return [];
  // An Ingress has a controller in front, which is known; to a port of a node anybody may come.
  const customers = ofKind(cluster, 'Ingress').length > 0 ? 'ingress-nginx' : 'anywhere';
  return [
    `monitoring → ${name} ${config.metricsPort}`,
    ...(isHere(config, 'gateway') ? [`${customers} → ${name} ${config.port}`] : []),
  ];
}

function addressesOf({ config, isServing }: Told): { host: string; port: string }[] {
  if (config instanceof Error) return [];
  const databases = serviceNames
    .filter((name) => isHere(config, name))
    .map((name) => config[`${name}DatabaseUrl`]);
  const targets = [...config.targets].flatMap((name) => (name === 'all' ? [] : callees[name]));
  const served = [
    config.redisUrl,
    config.otelExporterOtlpEndpoint,
    ...targets.map((name) => config[`${name}Url`]),
  ];
  return [...databases, ...(isServing ? served : [])]
    .filter((url) => url !== undefined)
    .map((url) => new URL(url))
    .map(({ hostname, port }) => ({ host: hostname, port }));
}

/** The pods behind a name here, the namespace of one elsewhere, or the world outside. */
function peerOf(cluster: Cluster, host: string): string {
  const services = ofKind<{ selector: Labels }>(cluster, 'Service');
  const service = services.find(({ metadata }) => metadata.name === host);
  const behind = cluster.workloads.find(({ labels }) =>
    selects({ matchLabels: service?.spec.selector ?? { no: 'one' } }, labels),
  );
  const [, namespace] = /^[\w-]+\.([\w-]+)$/.exec(host) ?? [];
  return behind?.name ?? namespace ?? 'outside';
}
