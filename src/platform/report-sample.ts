import type { Metrics } from './metrics.ts';

/** What was answered to one operation since the start, and how fast. */
export type Tally = {
  requests: number;
  errors: number;
  refusals: number;
  /** How many took no longer than each bound, and at last all. */
  buckets: readonly number[];
};

export type BatchTally = { batches: number; items: number; waiting: number };

/** The counters of a process at one moment. */
export type Sample = {
  /** On the monotonic clock of the process. */
  atMs: number;
  operations: ReadonlyMap<string, Tally>;
  batchers: ReadonlyMap<string, BatchTally>;
  /** What the wiring wants to be counted besides. */
  counted: Readonly<Record<string, number>>;
  cpuSeconds: number;
  memoryBytes: number;
  eventLoopDelayMs: number;
};

/** Requests of one operation that were answered with one status. */
export type Counted = { operation: string; status: string };

type Asked = {
  atMs: number;
  counted: Readonly<Record<string, Counted | undefined>>;
  /** What has not changed since then is not kept a second time. */
  before: Sample | undefined;
};

/** Reads the registry that `/metrics` shows. */
export async function takeSample(metrics: Metrics, asked: Asked): Promise<Sample> {
  const { atMs, counted, before } = asked;
  const requests: readonly Value[] = (await metrics.requests.get()).values;
  const seconds: readonly Value[] = (await metrics.requestSeconds.get()).values;
  // Asking for this one brings the next up to date.
  await valueOf(metrics, 'process_cpu_user_seconds_total');
  const cpuSeconds = await valueOf(metrics, 'process_cpu_seconds_total');
  return {
    atMs,
    operations: tallyOperations({ requests, seconds }, before?.operations),
    batchers: await tallyBatchers(metrics),
    counted: countAll(requests, counted),
    cpuSeconds,
    memoryBytes: await valueOf(metrics, 'process_resident_memory_bytes'),
    eventLoopDelayMs: (await valueOf(metrics, 'bazar_event_loop_delay_p99_seconds')) * 1_000,
  };
}

export type Value = { value: number; labels: Partial<Record<string, string | number>> };

/** The values of a metric, none where nobody has made it. */
export async function valuesOf(
  { registry }: Pick<Metrics, 'registry'>,
  name: string,
): Promise<readonly Value[]> {
  return (await registry.getSingleMetric(name)?.get())?.values ?? [];
}

async function valueOf(metrics: Metrics, name: string): Promise<number> {
  return (await valuesOf(metrics, name))[0]?.value ?? 0;
}

function tallyOperations(
  { requests, seconds }: Record<'requests' | 'seconds', readonly Value[]>,
  before: Sample['operations'] | undefined,
): Sample['operations'] {
  const bucketsOf = Map.groupBy(
    seconds.filter(({ labels }) => labels['le'] !== undefined),
    ({ labels }) => String(labels['operation']),
  );
  const byOperation = Map.groupBy(requests, ({ labels }) => String(labels['operation']));
  const tallies = [...byOperation].map(([operation, values]): [string, Tally] => {
    const buckets = (bucketsOf.get(operation) ?? []).map(({ value }) => value);
    const with5xx = values.filter(({ labels }) => String(labels['status']).startsWith('5'));
    const with4xx = values.filter(({ labels }) => String(labels['status']).startsWith('4'));
    const tally = {
      requests: sum(values),
      errors: sum(with5xx),
      refusals: sum(with4xx),
      buckets,
    };
    const known = before?.get(operation);
    return [operation, known && isSame(known, tally) ? known : tally];
  });
  return new Map(tallies);
}

function isSame(one: Tally, other: Tally): boolean {
  return one.requests === other.requests && one.buckets.at(-1) === other.buckets.at(-1);
}

async function tallyBatchers(metrics: Metrics): Promise<Sample['batchers']> {
  const tallies = new Map<string, BatchTally>();
  const tallyOf = (name: string | number | undefined): BatchTally => {
    const tally = tallies.get(String(name)) ?? { batches: 0, items: 0, waiting: 0 };
    tallies.set(String(name), tally);
    return tally;
  };
  for (const { metricName, labels, value } of (await metrics.batchSize.get()).values) {
    if (metricName?.endsWith('_count')) tallyOf(labels.batcher).batches = value;
    if (metricName?.endsWith('_sum')) tallyOf(labels.batcher).items = value;
  }
  for (const { labels, value } of (await metrics.batcherWaiting.get()).values) {
    tallyOf(labels.batcher).waiting = value;
  }
  return tallies;
}

function countAll(requests: readonly Value[], counted: Asked['counted']): Sample['counted'] {
  const count = ({ operation, status }: Counted) =>
    sum(
      requests.filter(
        ({ labels }) => labels['operation'] === operation && labels['status'] === status,
      ),
    );
  const entries = Object.entries(counted).flatMap(([name, wanted]) =>
    wanted ? [[name, count(wanted)] as const] : [],
  );
  return Object.fromEntries(entries);
}

function sum(values: readonly { value: number }[]): number {
  return values.reduce((total, { value }) => total + value, 0);
}
