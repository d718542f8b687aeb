import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { machineUs, postgresUs, processesUs } from './accounting.ts';
import type { Cluster } from './postgres.ts';
import type { Tracker } from './tracking-systems.ts';

const triesMax = 3;
const lookMs = 500;
const looksMax = 60;

export type Books = Awaited<ReturnType<typeof readBooks>>;

/** Processor time in microseconds and syncs of the log, so far. */
export async function readBooks(cluster: Cluster, { pids }: Tracker) {
  const { user, system } = process.cpuUsage();
  const books = {
    node: processesUs(pids),
    postgres: postgresUs(cluster.pid),
    machine: machineUs(),
    own: user + system,
    atMs: performance.now(),
  };
  return { ...books, fsyncs: await cluster.walFsyncs() };
}

/** What was spent between two readings, by us and, as far as nobody knows by whom, by others. */
export function spentBetween(before: Books, after: Books, childrenUs: number) {
  const spent = (name: keyof Books) => after[name] - before[name];
  const seconds = spent('atMs') / 1_000;
  const capacityUs = seconds * 1e6 * availableParallelism();
  const known = spent('node') + spent('postgres') + spent('own') + childrenUs;
  return {
    capacityUs,
    nodeUs: spent('node'),
    postgresUs: spent('postgres'),
    fsyncs: spent('fsyncs'),
    othersShare: Math.max(0, spent('machine') - known) / capacityUs,
  };
}

type Peace = { othersMax: number; say: (line: string) => void };

/** Measures when others leave the machine alone, and again, a few times, when they did not. */
export async function inPeace<Round extends { othersShare: number }>(
  { othersMax, say }: Peace,
  measure: () => Promise<Round>,
): Promise<Round> {
  const tryOnce = async (triesLeft: number): Promise<Round> => {
    await untilQuiet(othersMax, looksMax);
    const round = await measure();
    if (round.othersShare <= othersMax || triesLeft === 0) return round;
    say(`  others took ${(round.othersShare * 100).toFixed(0)} % of the machine: once more`);
    return tryOnce(triesLeft - 1);
  };
  return tryOnce(triesMax);
}

/** Between rounds nothing of ours runs: whoever is busy then is somebody else. */
async function untilQuiet(othersMax: number, looksLeft: number): Promise<void> {
  if (othersMax >= 1 || looksLeft === 0) return;
  const before = machineUs();
  await sleep(lookMs);
  const share = (machineUs() - before) / (lookMs * 1_000 * availableParallelism());
  if (share > othersMax) await untilQuiet(othersMax, looksLeft - 1);
}
