import { pino } from 'pino';
import type { Config } from '../../../src/config.ts';
import { createHealth } from '../../../src/platform/health.ts';
import { createLifecycle } from '../../../src/platform/lifecycle.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { untraced } from '../../../src/platform/tracing.ts';
import { openSecrets } from '../../../src/secrets.ts';
import { createServers, type Servers } from '../../../src/servers.ts';
import { readVersion } from '../../../src/version.ts';
import { settingNames, type Told } from './environment.ts';
import type { Container } from './manifest.ts';
import { said } from './pods.ts';

/** So long one thing may take to close; the last answers are the longest. */
const closeSeconds = 10;

type Doors = ReadonlyMap<unknown, { number: number; server: Servers[keyof Servers] }>;
type DoorsOf = (config: Config) => Doors;

/** Whether every pod would start with what it is told: what `serve` would say is said here. */
export function settingChecker(): (all: Told[]) => Promise<string[]> {
  const made = new Map<Config, Doors>();
  const doorsOf = (config: Config): Doors => {
    const doors = made.get(config) ?? makeDoors(config);
    made.set(config, doors);
    return doors;
  };
  return async (all) => {
    const found = all.map(async (told) => {
      const flaws = [...fileFlaws(told), ...(await startFlaws(told, doorsOf))];
      return flaws.map((flaw) => `${told.workload.kind} ${told.workload.name}: ${flaw}`);
    });
    return (await Promise.all(found)).flat();
  };
}

function fileFlaws({ container, environment, files }: Told): string[] {
  const named = Object.keys(environment);
  const unknown = named.filter((name) => !settingNames.has(name.replace(/_FILE$/, '')));
  const read = named.filter((name) => name.endsWith('_FILE'));
  const paths = new Set(read.map((name) => environment[name]));
  const idle = Object.keys(files).filter((path) => !paths.has(path));
  const lost = read.filter((name) => files[environment[name] ?? ''] === undefined);
  return said({
    [`there is no setting ${unknown.join()}`]: unknown.length > 0,
    [`nobody reads ${idle.join()}`]: idle.length > 0,
    [`there is no file for ${lost.join()}`]: lost.length > 0,
    [`does not run version ${readVersion()}`]: container.image.split(':').at(-1) !== readVersion(),
  });
}

/** What the process itself would refuse, or the kubelet find wrong with it. */
async function startFlaws(told: Told, doorsOf: DoorsOf): Promise<string[]> {
  const { workload, container, config, isServing } = told;
  if (config instanceof Error) return [config.message];
  if (!isServing) return [];
  const grace = workload.pod.terminationGracePeriodSeconds ?? 0;
  return [
    ...(await missingKeys(config)),
    ...probeFlaws(container, doorsOf(config)),
    ...said({
      'is killed before it has drained and closed': grace <= config.drainMs / 1_000 + closeSeconds,
    }),
  ];
}

async function missingKeys(config: Config): Promise<string[]> {
  const keys = openSecrets(config);
  const isGateway = config.targets.has('gateway');
  const wanted = [
    keys.serviceKeys(),
    ...(isGateway ? [] : [keys.cursorKey()]),
    ...(config.targets.has('users') ? [keys.tokenKeys()] : []),
  ];
  const results = await Promise.allSettled<unknown>(wanted);
  return results.flatMap((result) =>
    result.status === 'rejected' ? [(result.reason as Error).message] : [],
  );
}

/** The servers that this process would open, with their ports; they never listen. */
function makeDoors(config: Config): Doors {
  const log = pino({ level: 'silent' });
  const common = { health: createHealth(), metrics: createMetrics(), tracer: untraced };
  const servers = createServers({ config, log, lifecycle: createLifecycle(log), ...common });
  return new Map<unknown, { number: number; server: Servers[keyof Servers] }>([
    ['http', { number: config.port, server: servers.gateway }],
    ['internal', { number: config.internalPort, server: servers.internal }],
    ['metrics', { number: config.metricsPort, server: servers.metrics }],
  ]);
}

function probeFlaws(container: Container, doors: Doors): string[] {
  const odd = (container.ports ?? []).filter(({ name, containerPort }) => {
    const door = doors.get(name);
    return !door?.server || door.number !== containerPort;
  });
  const { startupProbe, livenessProbe, readinessProbe } = container;
  const unanswered = [startupProbe, livenessProbe, readinessProbe].filter((probe) => {
    const { path = '', port } = probe?.httpGet ?? {};
    return !doors.get(port)?.server?.hasRoute({ method: 'GET', url: path });
  });
  return said({
    [`opens no port ${odd.map(({ name, containerPort }) => `${name} ${containerPort}`).join()}`]:
      odd.length > 0,
    [`a probe asks for what is not there: ${JSON.stringify(unanswered)}`]: unanswered.length > 0,
  });
}
