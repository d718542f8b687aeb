import { setTimeout as sleep } from 'node:timers/promises';
import { residentMib } from './accounting.ts';
import { run, type Child } from './children.ts';
import type { Cluster } from './postgres.ts';
import { median } from './rounds.ts';
import { inPeace, readBooks, spentBetween, type Books } from './tracking-books.ts';
import type { PostResult, PostSpec, WatchResult, WatchSpec } from './tracking-spec.ts';
import type { Staff, Tracker } from './tracking-systems.ts';

export type Crowd = { title: string; watchers: number; isOneEach: boolean };

export type FanOutRound = {
  fixesPerSecond: number;
  deliveredPerSecond: number;
  bytesPerSecond: number;
  /** Of what those who read should have got: less, where they were only told the newest. */
  deliveredShare: number;
  /** Processor time of Bazar, all that it did, per message that arrived. */
  nodeUs: number;
  /** Shares of the whole machine. */
  nodeShare: number;
  readerShare: number;
  othersShare: number;
  mibBefore: number;
  mibAfter: number;
  faults: string;
  posted: PostResult;
  watched: WatchResult;
};

export type FanOutCell = { crowd: Crowd; isStalled: boolean; rounds: FanOutRound[] };

export type FanOutPlan = {
  cluster: Cluster;
  start: () => Promise<Tracker>;
  staff: Staff;
  rounds: number;
  seconds: number;
  othersMax: number;
  say: (line: string) => void;
};

export const fanOutVehicles = 100;
export const fixesPerSecond = 1_000;
export const streamsPerUser = 10;
export const stalledEach = 10;
export const crowds: readonly Crowd[] = [
  { title: '1000 watch everything', watchers: 1_000, isOneEach: false },
  { title: '1000 watch one vehicle each', watchers: 1_000, isOneEach: true },
  { title: '100 watch everything', watchers: 100, isOneEach: false },
];

/**
 * What a process keeps in memory when it has just begun still grows; and a reader that never reads is
 * one that stalls only when the buffers of the kernel are full, which takes some megabytes.
 */
const warmMs = 15_000;
const sampleMs = 100;
/** A message may come in two pieces, the first of which says what it is: one for each reader. */
const tornMax = 20;
/** So much of the measured time, at either end, says what memory there was before and after. */
const edgeShare = 0.25;

/** Without and with readers that stall, in turn, so that noise falls on both alike. */
export async function measureFanOut(plan: FanOutPlan): Promise<FanOutCell[]> {
  const cells = crowds.flatMap((crowd) =>
    [false, true].map((isStalled): FanOutCell => ({ crowd, isStalled, rounds: [] })),
  );
  for (const crowd of crowds) {
    const both = cells.filter((cell) => cell.crowd === crowd);
    for (const cell of Array.from({ length: plan.rounds }, () => both).flat()) {
      // oxlint-disable-next-line no-await-in-loop -- one at a time has the machine
      const round = await inPeace(plan, () => measureAlone(plan, cell));
      cell.rounds.push(round);
      plan.say(lineOf(cell, round));
      for (const example of Object.values(round.posted.examples)) plan.say(`\n${example}\n`);
    }
  }
  return cells;
}

/** A process of its own for each round: what one leaves in memory is not counted to the next. */
async function measureAlone(plan: FanOutPlan, cell: FanOutCell): Promise<FanOutRound> {
  const tracker = await plan.start();
  const watching = run('bench/tracking-watchers.ts', []);
  const posting = run('bench/tracking-load.ts', []);
  try {
    const tokens = await plan.staff.tokens(tracker.port);
    const opened = watching.message('opened');
    watching.process.send({ open: watchSpec(cell, { port: tracker.port, tokens }) });
    await opened;
    const measuring = posting.message('measuring');
    const measured = posting.message('measured');
    const finished = posting.message<{ result: PostResult }>('finished');
    posting.process.send({ run: postSpec(plan, { port: tracker.port, tokens }) });
    await measuring;
    watching.process.send({ begin: true });
    const before = await readBooks(plan.cluster, tracker);
    const memory = await sampleUntil(tracker, measured);
    const watched = await resultOf(watching);
    const after = await readBooks(plan.cluster, tracker);
    const { result } = await finished;
    return roundOf(cell, { before, after, memory, posted: result, watched });
  } finally {
    await Promise.all([watching.stop(), posting.stop()]);
    await tracker.stop();
  }
}

type Door = { port: number; tokens: string[] };

function watchSpec({ crowd, isStalled }: FanOutCell, door: Door): WatchSpec {
  return {
    ...door,
    streamsPerToken: streamsPerUser,
    watchers: crowd.watchers,
    isOneEach: crowd.isOneEach,
    vehicles: fanOutVehicles,
    stalledEach: isStalled ? stalledEach : 0,
  };
}

function postSpec({ seconds }: FanOutPlan, door: Door): PostSpec {
  return {
    ...door,
    connections: fanOutVehicles,
    vehicles: fanOutVehicles,
    fixesPerRequest: 1,
    perSecond: fixesPerSecond,
    startMs: 0,
    warmMs,
    measureMs: seconds * 1_000,
  };
}

async function resultOf(watching: Child): Promise<WatchResult> {
  const watched = watching.message<{ result: WatchResult }>('watched');
  watching.process.send({ end: true });
  return (await watched).result;
}

async function sampleUntil({ pids }: Tracker, over: Promise<unknown>): Promise<number[]> {
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(residentMib(pids)), sampleMs);
  await over;
  clearInterval(timer);
  await sleep(0);
  return samples;
}

type Frame = {
  before: Books;
  after: Books;
  memory: readonly number[];
  posted: PostResult;
  watched: WatchResult;
};

function roundOf({ crowd, isStalled }: FanOutCell, frame: Frame): FanOutRound {
  const { before, after, memory, posted, watched } = frame;
  const spent = spentBetween(before, after, posted.generatorUs + watched.readerUs);
  const { capacityUs, nodeUs, othersShare } = spent;
  const reading = crowd.watchers * (isStalled ? 1 - 1 / stalledEach : 1);
  const perSecond = posted.stored / posted.seconds;
  const wanted = perSecond * reading * (crowd.isOneEach ? 1 / fanOutVehicles : 1);
  const edge = Math.max(1, Math.floor(memory.length * edgeShare));
  const faults = Object.entries(posted.odd).map(([what, count]) => `${count} × ${what}`);
  const { aged, counted } = watched;
  if (Math.abs(aged - counted) > tornMax) faults.push(`${counted} counted, ${aged} read`);
  if (watched.lost > 0) faults.push(`${watched.lost} streams ended`);
  return {
    fixesPerSecond: perSecond,
    deliveredPerSecond: watched.delivered / watched.seconds,
    bytesPerSecond: watched.bytes / watched.seconds,
    deliveredShare: watched.delivered / watched.seconds / wanted,
    nodeUs: nodeUs / watched.delivered,
    nodeShare: nodeUs / capacityUs,
    readerShare: watched.readerUs / capacityUs,
    othersShare,
    mibBefore: median(memory.slice(0, edge)),
    mibAfter: median(memory.slice(-edge)),
    faults: faults.join(', '),
    posted,
    watched,
  };
}

function lineOf({ crowd, isStalled }: FanOutCell, round: FanOutRound): string {
  const { deliveredPerSecond, deliveredShare, watched, nodeUs, mibBefore, mibAfter } = round;
  const words = [
    `${crowd.title}${isStalled ? ', 10 % stalled' : ''}`.padEnd(42),
    `${round.fixesPerSecond.toFixed(0).padStart(5)} fixes/s`,
    `${deliveredPerSecond.toFixed(0).padStart(8)} told/s (${(deliveredShare * 100).toFixed(1)} %)`,
    `p50 ${watched.p50Ms.toFixed(1)} ms  p99 ${watched.p99Ms.toFixed(1)} ms`,
    `CPU ${nodeUs.toFixed(2)} µs`,
    `${mibBefore.toFixed(0)} → ${mibAfter.toFixed(0)} MiB`,
    `others ${(round.othersShare * 100).toFixed(0)} %`,
    round.faults && `INVALID: ${round.faults}`,
  ];
  return words.filter(Boolean).join('  ');
}
