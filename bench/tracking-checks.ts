import type { Check } from './checks.ts';
import { median } from './rounds.ts';
import type { AverageResult } from './tracking-average.ts';
import type { FanOutCell, FanOutRound } from './tracking-fan-out.ts';
import { batchSize, ingestRatio, type IngestCell } from './tracking-ingest.ts';

export type Findings = { ingest?: IngestCell[]; fanOut?: FanOutCell[]; average?: AverageResult };

/** The checks for which there are numbers. */
export function trackingChecks({ ingest = [], fanOut = [], average }: Findings): Check[] {
  const crowds = [...new Set(fanOut.map(({ crowd }) => crowd))];
  const ofCrowds = crowds.flatMap((crowd) =>
    checksOfCrowd(fanOut.filter((cell) => cell.crowd === crowd)),
  );
  return [...checksOfIngest(ingest), ...ofCrowds, ...(average ? checksOfAverage(average) : [])];
}

function checksOfIngest(cells: readonly IngestCell[]): Check[] {
  const find = (system: string, size: number) =>
    cells.find((cell) => cell.system === system && cell.fixesPerRequest === size);
  const [batches, plain] = [find('all', batchSize), find('naive', 1)];
  if (!batches || !plain) return [];
  const perSecond = median(batches.rounds.map((round) => round.perSecond));
  return [
    atLeast(`fixes/s, all, ${batchSize} per request`, perSecond, 20_000),
    atLeast(
      `fixes/s, all, ${batchSize} per request ÷ naive, one by one`,
      ingestRatio(batches, plain),
      10,
    ),
  ];
}

function checksOfCrowd(cells: readonly FanOutCell[]): Check[] {
  const all = cells.find(({ isStalled }) => !isStalled);
  const some = cells.find(({ isStalled }) => isStalled);
  if (!all || !some) return [];
  const ratios = some.rounds.map(
    ({ watched }, i) => watched.p99Ms / (all.rounds[i]?.watched.p99Ms ?? NaN),
  );
  const growth = ({ mibBefore, mibAfter }: FanOutRound) => mibAfter / mibBefore;
  const { title } = all.crowd;
  return [
    atMost(`p99 age, ${title}, with stalled ÷ without`, median(ratios), 1.2),
    atMost(`memory after ÷ before, ${title}`, median(all.rounds.map(growth)), 1.1),
    atMost(`memory after ÷ before, ${title}, with stalled`, median(some.rounds.map(growth)), 1.1),
  ];
}

function checksOfAverage({ medianMs, slowestMs, fixes, calls }: AverageResult): Check[] {
  return [
    atMost(`ms, average speed over ${fixes} fixes, median`, medianMs, 100),
    atMost(`ms, average speed over ${fixes} fixes, slowest of ${calls}`, slowestMs, 100),
  ];
}

function atLeast(name: string, value: number, limit: number): Check {
  return { name, value, limit, atLeast: true, isMet: value >= limit };
}

function atMost(name: string, value: number, limit: number): Check {
  return { name, value, limit, atLeast: false, isMet: value <= limit };
}
