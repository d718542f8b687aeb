import type { Health } from './health.ts';
import type { Metrics } from './metrics.ts';
import { createHistory } from './report-history.ts';
import { listAlarms, listBatchers, listChecks, listOperations } from './report-lists.ts';
import { listPools, listStores, type Lately } from './report-lists.ts';
import { takeSample, type Counted, type Sample } from './report-sample.ts';
import type { Report, ReportFields } from './report-shapes.ts';
import { perSecond, rounded } from './report-span.ts';

/** On this channel of the bus every process says how it is, under its id. */
export const processChannel = 'process_state';

/** A timer may be earlier than the one before by so much. */
const slackMs = 1_000;
const latelyMs = 10_000;
const minuteMs = 60_000;
const fiveMinutesMs = 300_000;

type Options<Name extends string> = {
  about: Pick<ReportFields, 'id' | 'host' | 'pid' | 'targets' | 'version' | 'startedAt'>;
  metrics: Metrics;
  health: Pick<Health, 'findings'>;
  /** Requests that get a line of their own in the history; where there is nothing to count it is empty. */
  counted: Readonly<Record<Name, Counted | undefined>>;
  now: () => Date;
  clockMs: () => number;
};

export type Reporter<Name extends string> = {
  /** Keeps the counters of this moment; wanted every ten seconds. */
  sample: () => Promise<void>;
  report: () => Promise<Report<Name>>;
};

/** Tells of a process what its own metrics say, now and over the last hour. */
export function createReporter<Name extends string>(options: Options<Name>): Reporter<Name> {
  const { about, metrics, health, counted, now, clockMs } = options;
  const history = createHistory(Object.keys(counted) as Name[]);
  /** Those of five minutes, oldest first. */
  let samples: readonly Sample[] = [];

  const take = () => takeSample(metrics, { atMs: clockMs(), counted, before: samples.at(-1) });

  async function sample(): Promise<void> {
    const taken = await take();
    history.note(taken, now().toISOString());
    const oldest = samples.findLastIndex(isOlder(taken, fiveMinutesMs));
    samples = [...samples.slice(Math.max(oldest, 0)), taken];
  }

  /** The newest that is so old; else the oldest there is. */
  function since(taken: Sample, ms: number): Sample {
    return samples.findLast(isOlder(taken, ms)) ?? samples[0] ?? taken;
  }

  async function report(): Promise<Report<Name>> {
    const [taken, findings] = await Promise.all([take(), health.findings()]);
    const reportedAt = now().toISOString();
    const lately: Lately = {
      minute: since(taken, minuteMs),
      fiveMinutes: samples[0] ?? taken,
      now: taken,
    };
    const recent = { from: since(taken, latelyMs), to: taken };
    return {
      ...about,
      reportedAt,
      memoryBytes: taken.memoryBytes,
      cpuShare: perSecond(recent, ({ cpuSeconds }) => cpuSeconds),
      eventLoopDelayP99Ms: rounded(taken.eventLoopDelayMs),
      checks: listChecks(findings),
      operations: listOperations(lately),
      batchers: listBatchers(lately),
      pools: await listPools(metrics),
      ...(await listAlarms(metrics)),
      ...(await listStores(metrics)),
      history: history.read(reportedAt),
    };
  }

  return { sample, report };
}

function isOlder(taken: Sample, ms: number) {
  return ({ atMs }: Sample): boolean => taken.atMs - atMs >= ms - slackMs;
}
