import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { until } from '../../../src/postgres/wait.ts';

const run = promisify(execFile);
const commandMsMax = 300_000;
const evictMsMax = 60_000;

export const services = ['users', 'catalog', 'orders', 'tracking', 'gateway'] as const;

export function kubectl(...args: string[]): Promise<string> {
  return kubectlWith('', args);
}

/** Gives it something to read; where it fails, its last words say why. */
async function kubectlWith(input: string, args: string[]): Promise<string> {
  const options = { timeout: commandMsMax, maxBuffer: 16 * 1024 * 1024 };
  const running = run('kubectl', ['--namespace=bazar', ...args], options);
  running.child.stdin?.end(input);
  const { stdout } = await running.catch((error: unknown) => {
    const { stderr } = error as { stderr: string };
    throw new Error(`kubectl ${args.join(' ')}: ${stderr}`, { cause: error });
  });
  return stdout.trim();
}

export type Pod = {
  metadata: { name: string; deletionTimestamp?: string };
  status: { podIP: string; containerStatuses?: { restartCount: number }[] };
};

/** The pods of a service that are not about to end. */
export async function podsOf(service: string): Promise<Pod[]> {
  const selector = `--selector=app.kubernetes.io/name=${service}`;
  const { items } = JSON.parse(await kubectl('get', 'pods', selector, '--output=json')) as {
    items: Pod[];
  };
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

/** As `kubectl drain` does it: while the budget says no it is asked again, and the pod has its time. */
export async function evict(pod: string): Promise<void> {
  const versions = await kubectl('api-versions');
  const apiVersion = versions.split('\n').includes('policy/v1') ? 'policy/v1' : 'policy/v1beta1';
  const eviction = { apiVersion, kind: 'Eviction', metadata: { name: pod, namespace: 'bazar' } };
  const path = `/api/v1/namespaces/bazar/pods/${pod}/eviction`;
  const ask = () =>
    kubectlWith(JSON.stringify(eviction), ['create', '--raw', path, '--filename=-']).catch(
      (error: Error) => {
        if (!error.message.includes('TooManyRequests')) throw error;
        return undefined;
      },
    );
  if (!(await until(ask, evictMsMax, 1_000))) throw new Error(`${pod} may not be evicted`);
}

/** Until as many as wanted are ready, and of the version that is wanted. */
export function waitRolled(service: string): Promise<string> {
  return kubectl('rollout', 'status', `deployment/${service}`, '--timeout=240s');
}

/** A value out of a secret. */
export async function secretOf(name: string, key: string): Promise<string> {
  const { data } = JSON.parse(await kubectl('get', 'secret', name, '--output=json')) as {
    data: Record<string, string>;
  };
  return Buffer.from(data[key] ?? '', 'base64').toString();
}

/** What the containers of a service use, where the cluster measures it. */
export async function memoryMiB(service: string): Promise<number[]> {
  const path = '/apis/metrics.k8s.io/v1beta1/namespaces/bazar/pods';
  const query = `labelSelector=app.kubernetes.io%2Fname%3D${service}`;
  const text = await kubectl('get', '--raw', `${path}?${query}`).catch(() => '{"items":[]}');
  const { items } = JSON.parse(text) as {
    items: { containers: { usage: { memory: string } }[] }[];
  };
  return items.flatMap(({ containers }) =>
    containers.map(({ usage }) => Math.round(Number.parseInt(usage.memory, 10) / 1_024)),
  );
}
