import type { Sample } from './report-sample.ts';
import { reportBounds, seriesNames, type Points, type Report } from './report-shapes.ts';
import {
  latency,
  meanBatch,
  perSecond,
  rounded,
  total,
  waiting,
  type Span,
} from './report-span.ts';

type Point = Readonly<Record<string, number | undefined>>;

const { pointsMax } = reportBounds;
const everySeconds = 30;
/** A timer may be earlier than the one before by so much. */
const slackMs = 1_000;

/** The last hour of a process, one point for each half minute. */
export function createHistory<Counted extends string>(counted: readonly Counted[]) {
  const points: Point[] = [];
  let last: { sample: Sample; at: string } | undefined;
  let worstDelayMs = 0;

  function add(point: Point): void {
    points.push(point);
    if (points.length > pointsMax) points.shift();
  }

  /** Takes what was sampled lately; whatever comes before half a minute is over belongs to that. */
  function note(sample: Sample, at: string): void {
    worstDelayMs = Math.max(worstDelayMs, sample.eventLoopDelayMs);
    const ms = sample.atMs - (last?.sample.atMs ?? -Infinity);
    if (ms < everySeconds * 1_000 - slackMs) return;
    if (last) {
      // While a process stands still it measures nothing, but time goes on.
      const missing = Math.min(Math.round(ms / 1_000 / everySeconds) - 1, pointsMax);
      for (let i = 0; i < missing; i += 1) add({});
      add({
        ...pointOf({ from: last.sample, to: sample }),
        eventLoopDelayMs: rounded(worstDelayMs),
      });
    }
    last = { sample, at };
    worstDelayMs = 0;
  }

  function read(at: string): Report<Counted>['history'] {
    const line = (name: string): Points => points.map((point) => point[name] ?? null);
    const series = [...seriesNames, ...counted].map((name) => [name, line(name)]);
    return {
      everySeconds,
      at: last?.at ?? at,
      points: points.length,
      series: Object.fromEntries(series) as Report<Counted>['history']['series'],
    };
  }

  return { note, read };
}

function pointOf(span: Span): Point {
  const { to } = span;
  const counted = Object.keys(to.counted).map((name) => [
    name,
    perSecond(span, (sample) => sample.counted[name] ?? 0),
  ]);
  return {
    ...Object.fromEntries(counted),
    requestsPerSecond: perSecond(span, (sample) => total(sample, 'requests')),
    errorsPerSecond: perSecond(span, (sample) => total(sample, 'errors')),
    ...latency(span),
    batchSize: meanBatch(span),
    queueWaiting: waiting(to),
    memoryBytes: to.memoryBytes,
    cpuShare: perSecond(span, ({ cpuSeconds }) => cpuSeconds),
  };
}
