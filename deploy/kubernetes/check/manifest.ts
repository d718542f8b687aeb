import { parseAllDocuments } from 'yaml';

export type Labels = Readonly<Record<string, string>>;
export type Selector = {
  matchLabels?: Labels;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
};
export type Manifest<Spec = unknown> = {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Labels };
  spec: Spec;
};

export type Probe = { httpGet?: { path: string; port: string | number } };
export type Container = {
  name: string;
  image: string;
  imagePullPolicy?: string;
  args?: string[];
  env?: { name: string; value?: string }[];
  envFrom?: { configMapRef?: { name: string } }[];
  ports?: { name?: string; containerPort: number; hostPort?: number }[];
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  resources?: { requests?: Labels; limits?: Labels };
  securityContext?: Record<string, unknown>;
  volumeMounts?: { name: string; mountPath: string }[];
};
type Items = { items?: { key: string; path: string }[] };
export type Volume = {
  name: string;
  secret?: Items & { secretName: string };
  projected?: { sources: { secret?: Items & { name: string } }[] };
};
export type PodSpec = {
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  terminationGracePeriodSeconds?: number;
  securityContext?: Record<string, unknown>;
  topologySpreadConstraints?: { labelSelector?: Selector }[];
  initContainers?: Container[];
  containers: Container[];
  volumes?: Volume[];
};
type Template = { metadata?: { labels?: Labels }; spec: PodSpec };
type OwnerSpec = {
  replicas?: number;
  selector?: Selector;
  template: Template;
  volumeClaimTemplates?: Manifest[];
};

/** Whatever makes pods, and what these are like. */
export type Workload = {
  name: string;
  kind: string;
  labels: Labels;
  owner: Manifest<OwnerSpec>;
  pod: PodSpec;
};
/** All that one overlay makes. */
export type Cluster = { all: Manifest[]; workloads: Workload[] };

/** The objects in a text; a key that is there twice is an error, and not the last one that counts. */
export function readManifests(text: string): Manifest[] {
  return parseAllDocuments(text, { uniqueKeys: true }).map((document) => {
    const [error] = document.errors;
    if (error) throw error;
    return document.toJS() as Manifest;
  });
}

export function clusterOf(all: Manifest[]): Cluster {
  const owners = all.filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job'].includes(kind));
  const workloads = (owners as Manifest<OwnerSpec>[]).map((owner) => ({
    name: owner.metadata.labels?.['app.kubernetes.io/name'] ?? owner.metadata.name,
    kind: owner.kind,
    labels: owner.spec.template.metadata?.labels ?? {},
    owner,
    pod: owner.spec.template.spec,
  }));
  return { all, workloads };
}

export function ofKind<Spec>({ all }: Cluster, kind: string): Manifest<Spec>[] {
  return all.filter((manifest) => manifest.kind === kind) as Manifest<Spec>[];
}

export function titleOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}

export function containersOf({ pod }: Workload): Container[] {
  return [...(pod.initContainers ?? []), ...pod.containers];
}

/** Whether labels are those that a selector wants; an empty one wants any. */
export function selects(selector: Selector | undefined, labels: Labels): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const isIn = values.includes(labels[key] ?? '');
      if (operator === 'In') return isIn;
      if (operator === 'NotIn') return !isIn;
      return (operator === 'Exists') === (labels[key] !== undefined);
    })
  );
}
