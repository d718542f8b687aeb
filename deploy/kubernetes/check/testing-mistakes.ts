import type { Container, Manifest, PodSpec } from './manifest.ts';

type Anything = { [key: string]: object | undefined };
type Find = (kind: string, name: string) => Anything;

/** A mistake that somebody could make, and what the check has to say about it. */
type Mistake = { title: string; make: (find: Find) => void; said: RegExp };

const podOf = (find: Find, name: string) =>
  (find('Deployment', name)['spec'] as { template: { spec: PodSpec } }).template.spec;
const containerOf = (find: Find, name: string) => podOf(find, name).containers[0] as Container;
const set = (target: unknown, values: object) => void Object.assign(target as object, values);
const specOf = (find: Find, kind: string, name: string) => find(kind, name)['spec'] as Anything;

const shapes: Mistake[] = [
  {
    title: 'a field with a typing error',
    make: (find) => set(containerOf(find, 'users'), { imagePullPolice: 'Always' }),
    said: /imagePullPolice is no field of V1Container/,
  },
  {
    title: 'a number as text',
    make: (find) => set(specOf(find, 'HorizontalPodAutoscaler', 'users'), { minReplicas: '2' }),
    said: /minReplicas must be integer/,
  },
  {
    title: 'a number as a setting',
    make: (find) => set(find('ConfigMap', 'bazar')['data'], { DRAIN_MS: 8_000 }),
    said: /DRAIN_MS must be string/,
  },
  {
    title: 'a required field that is not there',
    make: (find) => set(specOf(find, 'Deployment', 'users'), { selector: undefined }),
    said: /required property selector/,
  },
  {
    title: 'an API that is gone',
    make: (find) =>
      set(find('HorizontalPodAutoscaler', 'users'), { apiVersion: 'autoscaling/v2beta2' }),
    said: /no HorizontalPodAutoscaler in autoscaling\/v2beta2/,
  },
  {
    title: 'an API that never was',
    make: (find) => set(find('PodDisruptionBudget', 'users'), { apiVersion: 'policies/v1' }),
    said: /no PodDisruptionBudget in policies\/v1/,
  },
  {
    title: 'an amount that is none',
    make: (find) =>
      set(containerOf(find, 'users').resources, { limits: { cpu: 'half', memory: '256Mi' } }),
    said: /limits\/cpu must match/,
  },
  {
    title: 'a word that is not one of those allowed',
    make: (find) => set(specOf(find, 'NetworkPolicy', 'users'), { policyTypes: 'Ingress' }),
    said: /policyTypes must be array/,
  },
];

const links: Mistake[] = [
  {
    title: 'a selector that is not what its pods are labelled with',
    make: (find) =>
      set(specOf(find, 'Deployment', 'users')['selector'], {
        matchLabels: { 'app.kubernetes.io/name': 'user' },
      }),
    said: /Deployment users: its selector is not what its pods are labelled with/,
  },
  {
    title: 'a Service that selects nothing',
    make: (find) =>
      set(specOf(find, 'Service', 'users'), { selector: { 'app.kubernetes.io/name': 'user' } }),
    said: /Service users: selects pods of 0 kinds/,
  },
  {
    title: 'a port that no pod has',
    make: (find) =>
      set(specOf(find, 'Service', 'users'), {
        ports: [{ name: 'internal', port: 8_081, targetPort: 'inner' }],
      }),
    said: /its port internal is none of its pods/,
  },
  {
    title: 'a port of another number behind a name without an address',
    make: (find) =>
      set(specOf(find, 'Service', 'users'), {
        ports: [{ name: 'internal', port: 80, targetPort: 'internal' }],
      }),
    said: /another number in its pods/,
  },
  {
    title: 'an autoscaler of nothing',
    make: (find) =>
      set(specOf(find, 'HorizontalPodAutoscaler', 'users')['scaleTargetRef'], { name: 'user' }),
    said: /there is no Deployment user$/,
  },
  {
    title: 'a number of replicas beside an autoscaler',
    make: (find) => set(specOf(find, 'Deployment', 'users'), { replicas: 2 }),
    said: /says a number too/,
  },
  {
    title: 'a budget that never lets a pod go',
    make: (find) => set(specOf(find, 'PodDisruptionBudget', 'users'), { maxUnavailable: 0 }),
    said: /never lets a node be emptied/,
  },
  {
    title: 'two ports of one number',
    make: (find) => containerOf(find, 'users').ports?.push({ name: 'other', containerPort: 9_464 }),
    said: /two ports share a name or a number/,
  },
  {
    title: 'an account with a token',
    make: (find) => set(find('ServiceAccount', 'users'), { automountServiceAccountToken: true }),
    said: /no account of its own without a token/,
  },
];

const pods: Mistake[] = [
  {
    title: 'more requested than allowed',
    make: (find) => set(containerOf(find, 'users').resources?.requests, { memory: '1Gi' }),
    said: /requests more memory than its limit/,
  },
  {
    title: 'the latest image, whichever that is',
    make: (find) => set(containerOf(find, 'users'), { image: 'bazar:latest' }),
    said: /not one certain version/,
  },
  {
    title: 'a pod that may run as root',
    make: (find) => set(podOf(find, 'users').securityContext, { runAsNonRoot: false }),
    said: /may run as root/,
  },
  {
    title: 'a container that may gain privileges',
    make: (find) =>
      set(containerOf(find, 'users').securityContext, { allowPrivilegeEscalation: true }),
    said: /may gain privileges/,
  },
  {
    title: 'a folder of the host',
    make: (find) =>
      set(podOf(find, 'users').volumes?.[0], { emptyDir: undefined, hostPath: { path: '/' } }),
    said: /volume of a forbidden kind/,
  },
  {
    title: 'a volume that nobody mounts',
    make: (find) => set(containerOf(find, 'users'), { volumeMounts: [] }),
    said: /does not mount/,
  },
];

const settings: Mistake[] = [
  {
    title: 'an image of another version',
    make: (find) => set(containerOf(find, 'users'), { image: 'bazar:0.0.9' }),
    said: /does not run version/,
  },
  {
    title: 'a setting that does not exist',
    make: (find) => set(find('ConfigMap', 'bazar')['data'], { DRAIN_SECONDS: '8' }),
    said: /there is no setting DRAIN_SECONDS/,
  },
  {
    title: 'a setting out of range',
    make: (find) => set(find('ConfigMap', 'bazar')['data'], { DRAIN_MS: 'long' }),
    said: /DRAIN_MS must be integer/,
  },
  {
    title: 'a drain that takes longer than a pod may',
    make: (find) => set(find('ConfigMap', 'bazar')['data'], { DRAIN_MS: '20000' }),
    said: /killed before it has drained/,
  },
  {
    title: 'a probe of a path that no server has',
    make: (find) =>
      set(containerOf(find, 'users').readinessProbe?.httpGet, { path: '/health/readiness' }),
    said: /a probe asks for what is not there/,
  },
  {
    title: 'a port that the process does not open',
    make: (find) => set(containerOf(find, 'users').ports?.[0], { containerPort: 8_082 }),
    said: /opens no port metrics 8082/,
  },
  {
    title: 'a secret that nobody reads',
    make: (find) =>
      set(containerOf(find, 'users'), {
        env: containerOf(find, 'users').env?.filter(({ name }) => name !== 'CURSOR_KEY_FILE'),
      }),
    said: /nobody reads .*cursor-key/,
  },
  {
    title: 'a file that no secret becomes',
    make: (find) =>
      containerOf(find, 'gateway').env?.push({ name: 'CURSOR_KEY_FILE', value: '/run/secrets/x' }),
    said: /there is no file for CURSOR_KEY_FILE/,
  },
];

const flows: Mistake[] = [
  {
    title: 'a call that its network does not let through',
    make: (find) => set(specOf(find, 'NetworkPolicy', 'tracking'), { egress: [] }),
    said: /may not go out: tracking → users 8081/,
  },
  {
    title: 'a door that is open to those who do not call',
    make: (find) => set(specOf(find, 'NetworkPolicy', 'users'), { ingress: [{}] }),
    said: /may come in for nothing: anywhere → users any port/,
  },
  {
    title: 'a way out that nobody needs',
    make: (find) => {
      const everywhere = { egress: [{ ports: [{ port: 443 }] }] };
      set(specOf(find, 'NetworkPolicy', 'nothing'), everywhere);
    },
    said: /may go out for nothing: users → outside 443/,
  },
  {
    title: 'a pod that is closed by no policy',
    make: (find) => set(specOf(find, 'NetworkPolicy', 'nothing'), { policyTypes: ['Egress'] }),
    said: /Job migrate-.*: no NetworkPolicy closes it/,
  },
];

/** Each belongs to the part of the check that has to find it. */
export const mistakes = { shapes, links, pods, settings, flows } as const;

/** Finds an object by its kind and name; of a name with a hash the beginning is enough. */
export function finder(manifests: readonly Manifest[]): Find {
  return (kind, name) => {
    const found = manifests.find((one) => one.kind === kind && one.metadata.name.startsWith(name));
    if (!found) throw new Error(`There is no ${kind} ${name} to spoil`);
    return found as unknown as Anything;
  };
}
