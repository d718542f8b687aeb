import {
  containersOf,
  type Cluster,
  type Container,
  type Labels,
  type Workload,
} from './manifest.ts';

/** What the restricted Pod Security Standard lets a volume be. */
const volumeKinds = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);
const forbiddenOfPod = ['hostNetwork', 'hostPID', 'hostIPC', 'hostUsers', 'hostAliases'];

type Context = Record<string, unknown> & {
  capabilities?: { drop?: string[]; add?: string[] };
  seccompProfile?: { type?: string };
  sysctls?: unknown[];
};

/** What the restricted standard, and the house beyond it, do not allow in any pod. */
export function podFlaws({ workloads }: Cluster): string[] {
  return workloads.flatMap((workload) => {
    const flaws = [
      ...restrictedPod(workload),
      ...containersOf(workload).flatMap((container) =>
        [
          ...restrictedContainer(container, workload),
          ...frugal(container),
          ...mountFlaws(container, workload),
        ].map((flaw) => `container ${container.name} ${flaw}`),
      ),
    ];
    return flaws.map((flaw) => `${workload.kind} ${workload.name}: ${flaw}`);
  });
}

function restrictedPod({ pod }: Workload): string[] {
  const context: Context = pod.securityContext ?? {};
  return said({
    [`shares what is the host's`]: forbiddenOfPod.some((key) => key in pod),
    'has a volume of a forbidden kind': (pod.volumes ?? [])
      .flatMap((volume) => Object.keys(volume))
      .some((key) => key !== 'name' && !volumeKinds.has(key)),
    'may run as root': context['runAsNonRoot'] !== true || context['runAsUser'] === 0,
    'has no seccomp profile': context.seccompProfile?.type !== 'RuntimeDefault',
    'sets sysctls': context.sysctls !== undefined,
    'gets a token of Kubernetes': pod.automountServiceAccountToken !== false,
  });
}

function restrictedContainer({ securityContext, ports = [] }: Container, { pod }: Workload) {
  const context: Context = securityContext ?? {};
  const { drop = [], add = [] } = context.capabilities ?? {};
  return said({
    'is privileged': context['privileged'] === true || 'procMount' in context,
    'may gain privileges': context['allowPrivilegeEscalation'] !== false,
    'keeps capabilities': !drop.includes('ALL') || add.length > 0,
    'undoes what the pod says': ['runAsNonRoot', 'runAsUser', 'seccompProfile'].some(
      (key) => key in context && context[key] !== pod.securityContext?.[key],
    ),
    'takes a port of the host': ports.some(({ hostPort }) => hostPort !== undefined),
    'can write to its root': context['readOnlyRootFilesystem'] !== true,
  });
}

function frugal({ image, imagePullPolicy, resources = {} }: Container): string[] {
  const { requests = {}, limits = {} } = resources;
  const above = Object.keys(limits).filter((key) => amount(requests, key) > amount(limits, key));
  const isBounded = ['cpu', 'memory'].every((key) => key in requests && key in limits);
  return said({
    'has no requests or no limits': !isBounded,
    [`requests more ${above.join()} than its limit`]: above.length > 0,
    [`runs ${image}, which is not one certain version`]: !/:(?!latest$)[\w.-]+$/.test(image),
    'pulls images that are there': imagePullPolicy !== 'IfNotPresent',
  });
}

function mountFlaws({ volumeMounts = [] }: Container, { pod, owner }: Workload): string[] {
  const claims = (owner.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name);
  const volumes = [...(pod.volumes ?? []).map(({ name }) => name), ...claims];
  const mounted = volumeMounts.map(({ name }) => name);
  const lost = mounted.filter((name) => !volumes.includes(name));
  const idle = volumes.filter((name) => !mounted.includes(name));
  return said({
    [`mounts ${lost.join()}, which is no volume`]: lost.length > 0,
    [`does not mount ${idle.join()}`]: idle.length > 0,
  });
}

const units: Labels = { m: '1e-3', Ki: '1024', Mi: '1048576', Gi: '1073741824' };

function amount(amounts: Labels, key: string): number {
  const [, digits = '0', unit = ''] = /^([0-9.]+)(\w*)$/.exec(String(amounts[key] ?? 0)) ?? [];
  return Number(digits) * Number(units[unit] ?? 1);
}

/** Those that are true. */
export function said(flaws: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(flaws).flatMap(([flaw, is]) => (is ? [flaw] : []));
}
