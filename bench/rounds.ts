import { availableParallelism } from 'node:os';
import { machineUs, postgresUs, processesUs, sampleOf } from './accounting.ts';
import { run } from './children.ts';
import type { LoadResult, LoadSpec } from './load-spec.ts';
import type { Cluster } from './postgres.ts';
import type { System } from './systems.ts';

/** What one round of load has cost and given. */
export type Round = {
  perSecond: number;
  nodeUs: number;
  postgresUs: number;
  /** Orders that travelled together; the baselines know no batches. */
  batch: number | undefined;
  fsyncs: number;
  /** Shares of the whole machine: of the generator, and of whatever else ran there. */
  generatorShare: number;
  othersShare: number;
  /** Empty when every answer was 201 and every arrival was sent. */
  faults: string;
  load: LoadResult;
};

export type Wanted = Omit<LoadSpec, 'port'> & { lines: number };

const renewMs = 60_000;

type Books = {
  node: number;
  postgres: number;
  machine: number;
  own: number;
  batches: { sum: number; count: number };
  fsyncs: number;
};

/** The name of the batcher that places orders. */
const batcherLabel = 'batcher="place"';

/** Puts load on a system and reads the books before and after. */
export async function measure(cluster: Cluster, system: System, wanted: Wanted): Promise<Round> {
  const { lines, ...spec } = wanted;
  system.resume();
  const templates = await system.templates(lines);
  const generator = run('bench/load.ts', []);
  const renew = async () => generator.process.send({ templates: await system.templates(lines) });
  // A session that cannot be renewed shows soon, as answers that are not 201.
  const renewing = setInterval(() => void renew().catch(() => undefined), renewMs);
  try {
    const measuring = generator.message('measuring');
    const measured = generator.message<{ result: LoadResult }>('measured');
    const finished = generator.message('finished');
    generator.process.send({ templates });
    generator.process.send({ run: { ...spec, port: system.port } satisfies LoadSpec });
    await measuring;
    const before = await readBooks(cluster, system);
    const { result } = await measured;
    const after = await readBooks(cluster, system);
    await finished;
    return roundOf(result, { before, after, wanted });
  } finally {
    clearInterval(renewing);
    await generator.stop();
    system.pause();
  }
}

async function readBooks(cluster: Cluster, system: System): Promise<Books> {
  const { user, system: kernel } = process.cpuUsage();
  const books = {
    node: processesUs(system.pids),
    postgres: postgresUs(cluster.pid),
    machine: machineUs(),
    own: user + kernel,
  };
  const [batches, fsyncs] = await Promise.all([readBatches(system), cluster.walFsyncs()]);
  return { ...books, batches, fsyncs };
}

async function readBatches({ metricsUrls }: System): Promise<Books['batches']> {
  const texts = await Promise.all(metricsUrls.map(async (url) => (await fetch(url)).text()));
  const text = texts.join('\n');
  return {
    sum: sampleOf(text, 'bazar_batch_size_sum', batcherLabel),
    count: sampleOf(text, 'bazar_batch_size_count', batcherLabel),
  };
}

type Frame = { before: Books; after: Books; wanted: Wanted };

function roundOf(load: LoadResult, { before, after, wanted }: Frame): Round {
  const orders = Math.max(1, load.accepted);
  const nodeUs = after.node - before.node;
  const pgUs = after.postgres - before.postgres;
  const capacityUs = wanted.measureMs * 1_000 * availableParallelism();
  const known = nodeUs + pgUs + load.generatorUs + after.own - before.own;
  const batches = after.batches.count - before.batches.count;
  return {
    perSecond: load.accepted / (wanted.measureMs / 1_000),
    nodeUs: nodeUs / orders,
    postgresUs: pgUs / orders,
    batch: batches > 0 ? (after.batches.sum - before.batches.sum) / batches : undefined,
    fsyncs: (after.fsyncs - before.fsyncs) / orders,
    generatorShare: load.generatorUs / capacityUs,
    othersShare: Math.max(0, after.machine - before.machine - known) / capacityUs,
    faults: faultsOf(load),
    load,
  };
}

function faultsOf({ statuses, dropped }: LoadResult): string {
  const odd = Object.entries(statuses).filter(([status]) => status !== '201');
  const words = odd.map(([status, count]) => `${count} × ${status}`);
  return [...words, ...(dropped > 0 ? [`${dropped} not sent`] : [])].join(', ');
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}
