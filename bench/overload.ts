import { residentMib } from './accounting.ts';
import type { Second } from './load-spec.ts';
import { productsCount } from './naive-tables.ts';
import type { Options } from './options.ts';
import type { Cluster } from './postgres.ts';
import { measure, type Round } from './rounds.ts';
import type { System } from './systems.ts';

export type Special = {
  cluster: Cluster;
  system: System;
  options: Pick<Options, 'seconds' | 'overloadSeconds' | 'soakSeconds'>;
  say: (line: string) => void;
};

const shares = [0.7, 1, 1.5, 2, 5];
/** More than the requests that Bazar takes at once, so that it must refuse some. */
const connections = 2_000;
const usual = { products: productsCount, lines: 1, warmMs: 2_000 };
// Nothing waits inside the generator: whoever finds no connection is counted as not sent.
const open = { ...usual, connections, queueMax: 0 };

/** Offers more than can be done, and looks at what becomes of those who come. */
export async function runOverload({ cluster, system, options, say }: Special): Promise<number> {
  const measureMs = options.seconds * 1_000;
  const closed = await measure(cluster, system, { ...usual, connections: 256, measureMs });
  const saturation = closed.perSecond;
  say(`saturation: ${saturation.toFixed(0)} orders/s in a closed loop of 256 connections`);
  let isFine = true;
  for (const share of shares) {
    const wanted = { ...open, measureMs, perSecond: share * saturation };
    // oxlint-disable-next-line no-await-in-loop -- one at a time has the machine
    const round = await measure(cluster, system, wanted);
    say(lineOf(share, round, saturation));
    isFine &&= faultsOf(round) === 0;
  }
  const before = residentMib(system.pids);
  const long = { ...open, measureMs: options.overloadSeconds * 1_000, perSecond: 5 * saturation };
  const flood = await measure(cluster, system, long);
  say(lineOf(5, flood, saturation));
  const calm = { ...open, warmMs: 0, measureMs: 20_000, perSecond: 0.7 * saturation };
  const after = await measure(cluster, system, calm);
  say(lineOf(0.7, after, saturation));
  say(`back to a normal p99 ${recoveryWords(after.load.seconds)}`);
  say(`memory: ${before.toFixed(0)} MiB before, ${residentMib(system.pids).toFixed(0)} MiB after`);
  return isFine && faultsOf(flood) + faultsOf(after) === 0 ? 0 : 1;
}

/** Answers that are nobody's plan: 5xx other than 503 and 504, and connections that broke. */
function faultsOf({ load }: Round): number {
  const odd = Object.entries(load.statuses).filter(
    ([status]) =>
      status === '0' || (status.startsWith('5') && status !== '503' && status !== '504'),
  );
  return odd.reduce((total, [, count]) => total + count, 0);
}

function lineOf(share: number, round: Round, saturation: number): string {
  const { load, perSecond, generatorShare, othersShare } = round;
  const answered = Object.values(load.statuses).reduce((a, b) => a + b, 0);
  const refused = answered - load.accepted;
  const told = refused > 0 ? `${((load.withRetryAfter / refused) * 100).toFixed(0)} %` : '–';
  const offered = answered + load.dropped;
  const unsent = offered > 0 ? ((load.dropped / offered) * 100).toFixed(0) : '0';
  return [
    `${share} ×`.padStart(5),
    `${perSecond.toFixed(0)}/s = ${(perSecond / saturation).toFixed(2)} of saturation`,
    `p99 of accepted ${load.ok.p99Ms.toFixed(0)} ms, of refusals ${load.not.p99Ms.toFixed(0)} ms`,
    `${refused} refused, ${told} with Retry-After`,
    `faults ${faultsOf(round)}`,
    // Without this, a generator that cannot keep up would look like a system that can.
    `not sent ${unsent} %, generator ${(generatorShare * 100).toFixed(0)} %, others ${(othersShare * 100).toFixed(0)} %`,
    JSON.stringify(load.statuses),
  ].join('; ');
}

/** Normal is twice the median of the last ten seconds. */
function recoveryWords(seconds: readonly Second[]): string {
  const last = seconds.slice(-10).map(({ p99Ms }) => p99Ms);
  const normal = 2 * (last.toSorted((a, b) => a - b)[Math.floor(last.length / 2)] ?? 0);
  const at = seconds.findLastIndex(({ p99Ms }) => p99Ms > normal) + 1;
  return `after ${at} s (below ${normal.toFixed(0)} ms)`;
}
