import { secondsBuckets } from './metrics.ts';
import { quantile } from './quantile.ts';
import type { Sample, Tally } from './report-sample.ts';

/** What has happened between two moments of a process. */
export type Span = { from: Sample; to: Sample };

/** Shorter spans say nothing of a rate. */
const spanMsMin = 1_000;

/** So much as is worth telling. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** How fast a counter has risen. */
export function perSecond({ from, to }: Span, countOf: (sample: Sample) => number): number {
  const ms = Math.max(to.atMs - from.atMs, spanMsMin);
  return rounded(((countOf(to) - countOf(from)) * 1_000) / ms);
}

/** What processes and their keepers ask of each other all the time would hide what is asked of them. */
const ofProcess = new Set(['health', 'metrics']);

function workOf({ operations }: Sample): string[] {
  return [...operations.keys()].filter((operation) => !ofProcess.has(operation));
}

/** Over all operations that are work. */
export function total(sample: Sample, field: 'requests' | 'errors'): number {
  return workOf(sample).reduce((sum, name) => sum + (sample.operations.get(name)?.[field] ?? 0), 0);
}

export type Latency = { p50Ms?: number; p99Ms?: number };

/** How long requests took, of one operation or of all that are work. */
export function latency({ from, to }: Span, operation?: string): Latency {
  const names = operation === undefined ? workOf(to) : [operation];
  const counts = names.reduce<number[]>((sums, name) => {
    const added = increase(from.operations.get(name), to.operations.get(name));
    return added.map((count, i) => count + (sums[i] ?? 0));
  }, []);
  const p50 = quantile(0.5, secondsBuckets, counts);
  const p99 = quantile(0.99, secondsBuckets, counts);
  if (p50 === undefined || p99 === undefined) return {};
  return { p50Ms: rounded(p50 * 1_000), p99Ms: rounded(p99 * 1_000) };
}

function increase(from: Tally | undefined, to: Tally | undefined): number[] {
  return Array.from(
    { length: secondsBuckets.length + 1 },
    (_, i) => (to?.buckets[i] ?? 0) - (from?.buckets[i] ?? 0),
  );
}

/** Items in a batch, of one batcher or of all; nothing, if there was no batch. */
export function meanBatch({ from, to }: Span, batcher?: string): number | undefined {
  const names = batcher === undefined ? [...to.batchers.keys()] : [batcher];
  const added = (field: 'items' | 'batches') =>
    names.reduce(
      (sum, name) =>
        sum + (to.batchers.get(name)?.[field] ?? 0) - (from.batchers.get(name)?.[field] ?? 0),
      0,
    );
  const batches = added('batches');
  return batches === 0 ? undefined : rounded(added('items') / batches);
}

export function waiting({ batchers }: Sample): number {
  return [...batchers.values()].reduce((sum, tally) => sum + tally.waiting, 0);
}
