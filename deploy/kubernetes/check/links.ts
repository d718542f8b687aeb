import {
  ofKind,
  selects,
  titleOf,
  type Cluster,
  type Labels,
  type Manifest,
  type Selector,
  type Workload,
} from './manifest.ts';
import { said } from './pods.ts';

type ServiceSpec = {
  selector: Labels;
  ports: { name: string; port: number; targetPort: string; nodePort?: number }[];
};
type Backend = { service: { name: string; port: { name?: string } } };
type IngressSpec = { rules: { http: { paths: { backend: Backend }[] } }[] };
type ScalerSpec = {
  scaleTargetRef: { apiVersion: string; kind: string; name: string };
  minReplicas: number;
  maxReplicas: number;
};
type BudgetSpec = { selector: Selector; maxUnavailable?: number };
type MonitorSpec = { selector: Selector; jobLabel: string; endpoints: { port: string }[] };

const recommended = ['name', 'component', 'instance', 'part-of', 'managed-by'].map(
  (name) => `app.kubernetes.io/${name}`,
);

/** What names something else, and whether that is there and as it says. */
export function linkFlaws(cluster: Cluster): string[] {
  return [
    ...sameNames(cluster),
    ...cluster.workloads.flatMap((workload) => workloadFlaws(cluster, workload)),
    ...ofKind<ServiceSpec>(cluster, 'Service').flatMap((one) => serviceFlaws(cluster, one)),
    ...ofKind<IngressSpec>(cluster, 'Ingress').flatMap((one) => ingressFlaws(cluster, one)),
    ...ofKind<ScalerSpec>(cluster, 'HorizontalPodAutoscaler').flatMap((one) =>
      scalerFlaws(cluster, one),
    ),
    ...ofKind<BudgetSpec>(cluster, 'PodDisruptionBudget').flatMap((one) =>
      budgetFlaws(cluster, one),
    ),
    ...ofKind<MonitorSpec>(cluster, 'ServiceMonitor').flatMap((one) => monitorFlaws(cluster, one)),
  ];
}

function sameNames({ all }: Cluster): string[] {
  const titles = all.map(titleOf);
  return titles.filter((title, i) => titles.indexOf(title) !== i).map((title) => `${title}: twice`);
}

function workloadFlaws(cluster: Cluster, workload: Workload): string[] {
  const { kind, labels, owner, pod } = workload;
  const ports = portsOf(workload);
  const values = ports.flatMap(({ name, containerPort }) => [name, containerPort]);
  const accounts = ofKind(cluster, 'ServiceAccount') as (Manifest & {
    automountServiceAccountToken?: boolean;
  })[];
  const account = accounts.find(({ metadata }) => metadata.name === pod.serviceAccountName);
  const spreads = pod.topologySpreadConstraints ?? [];
  const twins = cluster.workloads.filter((other) => selects(owner.spec.selector, other.labels));
  const flaws = said({
    'its selector is not what its pods are labelled with':
      kind !== 'Job' && !selects(owner.spec.selector, labels),
    'its selector selects pods of others': kind !== 'Job' && twins.length > 1,
    'two ports share a name or a number': new Set(values).size < values.length,
    'has no account of its own without a token': account?.automountServiceAccountToken !== false,
    'spreads pods that are not its own': spreads.some(
      ({ labelSelector }) => !selects(labelSelector, labels),
    ),
    'lacks a recommended label': !recommended.every((label) => label in labels),
  });
  return flaws.map((flaw) => `${titleOf(owner)}: ${flaw}`);
}

function chosen({ workloads }: Cluster, selector: Selector): Workload[] {
  return workloads.filter(({ labels }) => selects(selector, labels));
}

function portsOf({ pod }: Workload) {
  return pod.containers.flatMap((container) => container.ports ?? []);
}

function serviceFlaws(cluster: Cluster, service: Manifest<ServiceSpec>): string[] {
  const { selector, ports } = service.spec;
  const pods = chosen(cluster, { matchLabels: selector });
  const lost = ports.filter(({ targetPort }) =>
    pods.some((workload) => !portsOf(workload).some(({ name }) => name === targetPort)),
  );
  // Behind a name without an address of its own nobody translates one port into another.
  const moved = ports.filter(({ port, targetPort }) =>
    pods.some((workload) =>
      portsOf(workload).some(
        ({ name, containerPort }) => name === targetPort && containerPort !== port,
      ),
    ),
  );
  const flaws = said({
    [`selects pods of ${pods.length} kinds`]: pods.length !== 1,
    [`its port ${lost.map(({ name }) => name).join()} is none of its pods`]: lost.length > 0,
    'its port has another number in its pods': moved.length > 0,
    'two ports share a name or a number':
      new Set(ports.flatMap(({ name, port }) => [name, port])).size < 2 * ports.length,
  });
  return flaws.map((flaw) => `${titleOf(service)}: ${flaw}`);
}

function ingressFlaws(cluster: Cluster, ingress: Manifest<IngressSpec>): string[] {
  const backends = ingress.spec.rules.flatMap(({ http }) => http.paths.map((path) => path.backend));
  const services = ofKind<ServiceSpec>(cluster, 'Service');
  return backends.flatMap(({ service: { name, port } }) => {
    const target = services.find(({ metadata }) => metadata.name === name);
    const isThere = target?.spec.ports.some((one) => one.name === port.name);
    return isThere ? [] : [`${titleOf(ingress)}: there is no ${port.name} of ${name}`];
  });
}

function scalerFlaws(cluster: Cluster, scaler: Manifest<ScalerSpec>): string[] {
  const { scaleTargetRef: target, minReplicas, maxReplicas } = scaler.spec;
  const owner = cluster.workloads.find(
    ({ owner: { apiVersion, kind, metadata } }) =>
      apiVersion === target.apiVersion && kind === target.kind && metadata.name === target.name,
  );
  const flaws = said({
    [`there is no ${target.kind} ${target.name}`]: !owner,
    'its target says a number too, which each apply would set again':
      owner?.owner.spec.replicas !== undefined,
    'one alone is not enough': minReplicas < 2 || maxReplicas < minReplicas,
  });
  return flaws.map((flaw) => `${titleOf(scaler)}: ${flaw}`);
}

function budgetFlaws(cluster: Cluster, budget: Manifest<BudgetSpec>): string[] {
  const flaws = said({
    'selects no pods': chosen(cluster, budget.spec.selector).length !== 1,
    'never lets a node be emptied': (budget.spec.maxUnavailable ?? 0) < 1,
  });
  return flaws.map((flaw) => `${titleOf(budget)}: ${flaw}`);
}

function monitorFlaws(cluster: Cluster, monitor: Manifest<MonitorSpec>): string[] {
  const services = ofKind<ServiceSpec>(cluster, 'Service').filter(({ metadata }) =>
    selects(monitor.spec.selector, metadata.labels ?? {}),
  );
  const scraped = services.filter(({ spec }) =>
    monitor.spec.endpoints.some(({ port }) => spec.ports.some(({ name }) => name === port)),
  );
  const jobs = scraped.map(({ metadata }) => metadata.labels?.[monitor.spec.jobLabel] ?? '');
  const deployments = ofKind(cluster, 'Deployment').map(({ metadata }) => metadata.name);
  const isWhole = jobs.toSorted().join() === deployments.toSorted().join();
  return isWhole ? [] : [`${titleOf(monitor)}: scrapes as jobs ${jobs.join()}`];
}
