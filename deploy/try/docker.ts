import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../../src/postgres/wait.ts';

const run = promisify(execFile);
const commandMsMax = 180_000;
const readyMsMax = 60_000;
const root = join(import.meta.dirname, '..', '..');

/** Where a command fails, its last words say why. */
async function execute(program: string, args: readonly string[]): Promise<string> {
  const options = { cwd: root, timeout: commandMsMax, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await run(program, args, options).catch((error: unknown) => {
    const { stdout: said, stderr } = error as { stdout: string; stderr: string };
    const words = `${said}\n${stderr}`.trim().split('\n').slice(-15).join('\n');
    throw new Error(`${program} ${args.join(' ')}:\n${words}`, { cause: error });
  });
  return stdout.trim();
}

export const docker = (...args: string[]): Promise<string> => execute('docker', args);

export const makeSecrets = (directory: string): Promise<string> =>
  execute(join(root, 'deploy', 'make-secrets.sh'), [directory]);

export type Project = {
  compose: (...args: string[]) => Promise<string>;
  /** The containers of a service that run now. */
  replicas: (service: string) => Promise<string[]>;
  /** Takes everything away, data too. */
  remove: () => Promise<unknown>;
};

/** A compose file under a name of its own, so that it meets no other that runs here. */
export function openProject(name: string, file: string): Project {
  const compose = (...args: string[]) => docker('compose', '-p', name, '-f', file, ...args);
  return {
    compose,
    async replicas(service) {
      const names = await compose('ps', '--format', '{{.Name}}', service);
      return names.split('\n').filter(Boolean).toSorted();
    },
    remove: () => compose('--profile', '*', 'down', '--volumes', '--remove-orphans', '-t', '5'),
  };
}

type Network = { IPAddress: string };
type Inspected = {
  State: { OOMKilled: boolean; ExitCode: number };
  NetworkSettings: { Networks: Record<string, Network> };
};

/** Where a container is, as its host reaches it. */
export async function addressOf(container: string): Promise<string> {
  const [{ NetworkSettings }] = JSON.parse(await docker('inspect', container)) as [Inspected];
  const [first] = Object.values(NetworkSettings.Networks);
  return first?.IPAddress ?? '';
}

export async function stateOf(container: string): Promise<Inspected['State']> {
  const [{ State }] = JSON.parse(await docker('inspect', container)) as [Inspected];
  return State;
}

/** Sooner than a health check of Docker's, which comes every few seconds. */
export async function waitReady(container: string): Promise<void> {
  const isReady = await until(
    async () => {
      const url = `http://${await addressOf(container)}:9464/health/ready`;
      const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) }).catch(
        () => undefined,
      );
      return answer?.ok || undefined;
    },
    readyMsMax,
    200,
  );
  if (!isReady) throw new Error(`${container} is not ready after ${readyMsMax} ms`);
}

/** How many calls of a kind a container has answered so far. */
export async function answersOf(container: string, operation: RegExp): Promise<number> {
  const answer = await fetch(`http://${await addressOf(container)}:9464/metrics`);
  const lines = (await answer.text()).split('\n');
  const counted = lines.filter(
    (line) => line.startsWith('bazar_requests_total{') && operation.test(line),
  );
  return counted.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** What a container uses, as `docker stats` shows it. */
export async function memoryOf(containers: readonly string[]): Promise<Map<string, string>> {
  const format = '{{.Name}} {{.MemUsage}}';
  const lines = await docker('stats', '--no-stream', '--format', format, ...containers);
  return new Map(
    lines.split('\n').map((line) => {
      const [name = '', used = ''] = line.split(' ');
      return [name, used];
    }),
  );
}
