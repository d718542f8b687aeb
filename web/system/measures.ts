import { bytes, number } from '../base/format.ts';
import type { Values } from '../parts/plot-words.ts';
import { greatest, sum, type Process } from './shapes.ts';

type Name = keyof Process['history']['series'];
type Way = 'sum' | 'worst' | 'mean';

export type Measure = {
  name: Name;
  label: string;
  /** How it is called in one line with others. */
  short: string;
  unit: string;
  /** What is made of several processes. */
  way: Way;
  /** So much of what is measured is one of the unit. */
  per?: number;
  /** A value with its unit. */
  show: (value: number) => string;
  /** As it is now, where a process tells that besides its history. */
  now?: (process: Process) => number;
};

const rate = (value: number) => `${number(value, fine(value))}/s`;
const milliseconds = (value: number) => `${number(value, fine(value))} ms`;
const count = (value: number) => number(value, fine(value));
const mebibyte = 1024 ** 2;

/** What is small is told more exactly. */
export function fine(value: number): number {
  if (value >= 100) return 0;
  return value >= 10 ? 1 : 2;
}

const perSecond = { unit: 'per second', way: 'sum', show: rate } as const;
const inMs = { unit: 'ms', way: 'worst', show: milliseconds } as const;

export const measures: readonly Measure[] = [
  { name: 'ordersPerSecond', label: 'Orders', short: 'orders', ...perSecond },
  { name: 'requestsPerSecond', label: 'Requests', short: 'requests', ...perSecond },
  { name: 'errorsPerSecond', label: 'Errors', short: 'errors', ...perSecond },
  { name: 'p50Ms', label: 'Median time', short: 'p50', ...inMs },
  { name: 'p99Ms', label: '99th percentile', short: 'p99', ...inMs },
  {
    name: 'batchSize',
    label: 'Batch size',
    short: 'mean',
    unit: 'items',
    way: 'mean',
    show: count,
  },
  {
    name: 'queueWaiting',
    label: 'Queue',
    short: 'waiting',
    unit: 'items waiting',
    way: 'sum',
    show: count,
    now: ({ batchers }) => sum(batchers, ({ waiting }) => waiting),
  },
  {
    name: 'eventLoopDelayMs',
    label: 'Loop delay',
    short: 'delay',
    ...inMs,
    now: ({ eventLoopDelayP99Ms }) => eventLoopDelayP99Ms,
  },
  {
    name: 'memoryBytes',
    label: 'Memory',
    short: 'memory',
    unit: 'MiB',
    way: 'sum',
    per: mebibyte,
    show: bytes,
    now: ({ memoryBytes }) => memoryBytes,
  },
  {
    name: 'cpuShare',
    label: 'CPU',
    short: 'CPU',
    unit: '% of a core',
    way: 'sum',
    per: 0.01,
    show: (value) => `${number(value * 100, value < 0.1 ? 1 : 0)} %`,
    now: ({ cpuShare }) => cpuShare,
  },
];

/** The last hour of all processes together. */
export type Timeline = {
  /** Seconds since 1970, rising. */
  times: readonly number[];
  values: ReadonlyMap<Name, Values>;
};

/**
 * Lines of processes are laid upon each other by their ends: each is less than one step old,
 * whatever the clock of its machine says.
 */
export function timelineOf(processes: readonly Process[]): Timeline {
  const histories = processes.map(({ history }) => history);
  const length = Math.max(0, ...histories.map(({ points }) => points));
  const ends = histories.filter(({ points }) => points > 0).map(({ at }) => Date.parse(at) / 1_000);
  const end = Math.max(0, ...ends);
  const step = histories[0]?.everySeconds ?? 0;
  const slots = Array.from({ length }, (_, i) => i);
  return {
    times: slots.map((i) => end - (length - 1 - i) * step),
    values: new Map(
      measures.map(({ name, way }) => [
        name,
        slots.map((i) => {
          const of = histories.map(
            ({ points, series }) => series[name][i - (length - points)] ?? null,
          );
          return together(of, way) ?? null;
        }),
      ]),
    ),
  };
}

/** One number of several processes, as far as they have one. */
export function together(values: Values, way: Way): number | undefined {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return undefined;
  if (way === 'worst') return greatest(known);
  const total = sum(known, (value) => value);
  return way === 'sum' ? total : total / known.length;
}

/** The newest there is: how it is now, or else how it was at the last point. */
export function newestOf(
  measure: Measure,
  processes: readonly Process[],
  { values }: Timeline,
): number | undefined {
  const { now, name, way } = measure;
  if (now) return together(processes.map(now), way);
  return values.get(name)?.at(-1) ?? undefined;
}

const ways: Record<Way, string> = {
  sum: 'total',
  worst: 'slowest',
  mean: 'mean',
};

export const wayWords = (way: Way): string => ways[way];
