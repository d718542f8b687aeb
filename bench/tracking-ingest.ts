import { run } from './children.ts';
import type { Cluster } from './postgres.ts';
import { median } from './rounds.ts';
import { inPeace, readBooks, spentBetween, type Books } from './tracking-books.ts';
import type { PostResult, PostSpec } from './tracking-spec.ts';
import type { Staff, Tracker } from './tracking-systems.ts';

export type IngestRound = {
  perSecond: number;
  requestsPerSecond: number;
  /** Processor time and syncs of the log per fix. */
  nodeUs: number;
  postgresUs: number;
  fsyncs: number;
  /** Shares of the whole machine. */
  generatorShare: number;
  othersShare: number;
  /** Empty when all was stored, and the database has what was said to be stored. */
  faults: string;
  load: PostResult;
};

export type IngestCell = {
  system: Tracker['name'];
  fixesPerRequest: number;
  title: string;
  rounds: IngestRound[];
};

export type IngestPlan = {
  cluster: Cluster;
  all: Tracker;
  naive: Tracker;
  staff: Staff;
  rounds: number;
  seconds: number;
  othersMax: number;
  say: (line: string) => void;
};

export const connections = 64;
export const vehicles = 200;
export const batchSize = 100;

/** Long enough for all rounds, at ten fixes a second. */
const agoMs = 12 * 3_600_000;
const warmMs = 1_000;
const firstWarmMs = 3_000;

/** Each way in turn, and again, so that noise falls on all alike. */
export async function measureIngest(plan: IngestPlan): Promise<IngestCell[]> {
  const cells = (['all', 'naive'] as const).flatMap((system) =>
    [batchSize, 1].map((fixesPerRequest): IngestCell => {
      const how = fixesPerRequest === 1 ? 'one by one' : `${fixesPerRequest} per request`;
      return { system, fixesPerRequest, title: `${system}, ${how}`, rounds: [] };
    }),
  );
  // A round goes on where the one before it has ended: no time is told of twice.
  const clock = { all: Date.now() - agoMs, naive: Date.now() - agoMs };
  for (const cell of Array.from({ length: plan.rounds }, () => cells).flat()) {
    const isFirst = cell.rounds.length === 0;
    const wanted = { cell, warmMs: isFirst ? firstWarmMs : warmMs, clock };
    // oxlint-disable-next-line no-await-in-loop -- one at a time has the machine
    const round = await inPeace(plan, () => measure(plan, wanted));
    cell.rounds.push(round);
    plan.say(lineOf(cell, round));
    for (const example of Object.values(round.load.examples)) plan.say(`\n${example}\n`);
  }
  return cells;
}

type Wanted = { cell: IngestCell; warmMs: number; clock: Record<Tracker['name'], number> };

async function measure(plan: IngestPlan, { cell, ...wanted }: Wanted): Promise<IngestRound> {
  const tracker = plan[cell.system];
  tracker.resume();
  const generator = run('bench/tracking-load.ts', []);
  try {
    const spec: PostSpec = {
      port: tracker.port,
      tokens: cell.system === 'all' ? await plan.staff.tokens(tracker.port) : [],
      ...{ connections, vehicles, fixesPerRequest: cell.fixesPerRequest },
      startMs: wanted.clock[cell.system],
      warmMs: wanted.warmMs,
      measureMs: plan.seconds * 1_000,
    };
    const countBefore = await tracker.count();
    const measuring = generator.message('measuring');
    const measured = generator.message('measured');
    const finished = generator.message<{ result: PostResult }>('finished');
    generator.process.send({ run: spec });
    await measuring;
    const before = await readBooks(plan.cluster, tracker);
    await measured;
    const after = await readBooks(plan.cluster, tracker);
    const { result } = await finished;
    wanted.clock[cell.system] = result.endMs;
    const kept = (await tracker.count()) - countBefore;
    return roundOf(result, { before, after, kept });
  } finally {
    await generator.stop();
    tracker.pause();
  }
}

type Frame = { before: Books; after: Books; kept: number };

function roundOf(load: PostResult, { before, after, kept }: Frame): IngestRound {
  const spent = spentBetween(before, after, load.generatorUs);
  const fixes = Math.max(1, load.stored);
  const faults = Object.entries(load.odd).map(([what, count]) => `${count} × ${what}`);
  if (kept !== load.storedInAll) faults.push(`${load.storedInAll} told, ${kept} kept`);
  return {
    perSecond: load.stored / load.seconds,
    requestsPerSecond: load.requests / load.seconds,
    nodeUs: spent.nodeUs / fixes,
    postgresUs: spent.postgresUs / fixes,
    fsyncs: spent.fsyncs / fixes,
    generatorShare: load.generatorUs / spent.capacityUs,
    othersShare: spent.othersShare,
    faults: faults.join(', '),
    load,
  };
}

function lineOf({ title }: IngestCell, round: IngestRound): string {
  const { perSecond, nodeUs, postgresUs: pgUs, load, generatorShare, othersShare, faults } = round;
  const words = [
    title.padEnd(24),
    `${perSecond.toFixed(0).padStart(6)} fixes/s`,
    `p50 ${load.p50Ms.toFixed(2)} ms`,
    `p99 ${load.p99Ms.toFixed(2)} ms`,
    `CPU ${nodeUs.toFixed(1)}+${pgUs.toFixed(1)} µs`,
    `generator ${(generatorShare * 100).toFixed(0)} %`,
    `others ${(othersShare * 100).toFixed(0)} %`,
    faults && `INVALID: ${faults}`,
  ];
  return words.filter(Boolean).join('  ');
}

/** Of rounds that ran side by side, which met the same machine. */
export function ingestRatio(above: IngestCell, below: IngestCell): number {
  const pairs = above.rounds.map(
    ({ perSecond }, i) => perSecond / (below.rounds[i]?.perSecond ?? NaN),
  );
  return median(pairs);
}
