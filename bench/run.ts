// `npm run bench`: how many orders, how fast, at what cost, beside two plain baselines.
import { checksOf } from './checks.ts';
import { cleanUp, endChildren } from './children.ts';
import { readOptions, type Options } from './options.ts';
import { runOverload } from './overload.ts';
import { startCluster, type Cluster } from './postgres.ts';
import { runProfile } from './profile.ts';
import { machineWords, tableOf, textOf, writeReport } from './report.ts';
import { runAll } from './scenarios.ts';
import { runSoak } from './soak.ts';
import { start, type System } from './systems.ts';
import { runTraces } from './traces.ts';
import { runTracking } from './tracking.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const options = readOptions(process.argv.slice(2));

let isInterrupted = false;

process.once('exit', cleanUp);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // What runs fails without its children, and stops the rest on its way out.
  process.on(signal, () => {
    isInterrupted = true;
    endChildren();
  });
}

process.exitCode = await main(options).catch((error: unknown) => {
  if (!isInterrupted) throw error;
  return 130;
});

async function main(wanted: Options): Promise<number> {
  const cluster = await startCluster((error) => {
    say(error.message);
    process.exit(1);
  }, wanted.profile);
  const systems: System[] = [];
  try {
    return await work(cluster, systems, wanted);
  } finally {
    await Promise.all(systems.map((system) => system.stop()));
    await cluster.stop();
  }
}

async function work(cluster: Cluster, systems: System[], wanted: Options): Promise<number> {
  say(machineWords(cluster.version));
  const { profile, overload, soakSeconds, nodeFlags, settings } = wanted;
  if (profile) return runProfile({ cluster, options: wanted, say });
  if (wanted.traces) return runTraces({ cluster, options: wanted, say });
  if (wanted.tracking) return runTracking({ cluster, options: wanted, say });
  const special = overload ? runOverload : soakSeconds > 0 ? runSoak : undefined;
  for (const name of special ? (['all'] as const) : wanted.systems) {
    // oxlint-disable-next-line no-await-in-loop -- on two processors one after the other is faster
    const system = await start(name, { cluster, nodeFlags, settings });
    systems.push(system);
    system.pause();
  }
  const [system] = systems;
  if (special && system) return special({ cluster, system, options: wanted, say });
  return compare(cluster, systems, wanted);
}

async function compare(
  cluster: Cluster,
  systems: readonly System[],
  wanted: Options,
): Promise<number> {
  const cells = await runAll({ ...wanted, cluster, systems, say });
  const checks = checksOf(cells);
  say(`\n${textOf(tableOf(cells), checks)}`);
  if (wanted.writes) await writeReport({ cells, checks, version: cluster.version, ...wanted });
  const isValid = cells.every(({ rounds }) => rounds.every(({ faults }) => faults === ''));
  return isValid && checks.every(({ isMet }) => isMet) ? 0 : 1;
}
