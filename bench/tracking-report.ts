import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check } from './checks.ts';
import { checkRow, grid, machineWords, percent, textOf, type Table } from './report.ts';
import { median } from './rounds.ts';
import type { AverageResult } from './tracking-average.ts';
import type { Findings } from './tracking-checks.ts';
import { fanOutVehicles, fixesPerSecond, type FanOutCell } from './tracking-fan-out.ts';
import { connections, ingestRatio, vehicles, type IngestCell } from './tracking-ingest.ts';
import { naiveWords } from './tracking-systems.ts';

type Row = Table[number]['rows'][number];

const page = join(import.meta.dirname, '..', 'docs', 'bench-tracking.md');

const explanation = `## What is compared

- **all**: Bazar in one process, as \`npm start\` runs it: sessions, checks of each fix, partitions by
  day, the newest place of each vehicle, metrics. Only the limits per minute are raised, or they
  would refuse the load.
- **naive**: one process with Fastify and pg, ${naiveWords}; one \`insert … on conflict do nothing\`
  per fix, each with a commit of its own, also when a hundred come in one request. The same columns
  and the same key, no partitions. No sessions, no newest places, no streams.

Both use one durable PostgreSQL, in a database each, with the settings that Bazar ships. The rounds
are interleaved; while one is measured the other is stopped. After each round the rows in the
database are compared with what was acknowledged; where they differ, that is a fault. The
requests are made in advance, and only times are written into them. Latency is that of a request, in
the eyes of the client.

Who watches is signed in as staff, ten streams to an account. ${fanOutVehicles} vehicles report one
fix at a time, each over a connection of its own, and the time of a fix is the moment at which it is
sent; the age of a message is how long after that it arrived, measured by 20 of those who read.
All messages are counted. Fixes, watchers and Bazar share the processors, so an age has also in it
how long the readers took. \`told\` is what arrived, as a share of all that those who read should have
got: who is too slow for everything is told the newest of each vehicle. \`Node µs\` is what Bazar
spends in all, with taking the fixes, per message that arrived. Memory is the median of the first and
of the last quarter of a round. Stalled readers open a stream, read its head, and then nothing more;
so there is a tenth less to deliver, but until the buffers of their connections are full they are
written to like all others. Faults are reports that were refused.

\`generator\` and \`readers\` are what those processes, and \`others\` what programs that do not belong to
the bench took of the machine.

## Run it

\`npm run bench -- tracking\` (Linux, about six minutes). \`--quick\` for a glance,
\`--part=ingest,fan-out,average\`, \`--rounds=\`, \`--seconds=\`, \`--no-write\`.`;

export function textOfTracking(findings: Findings, checks: readonly Check[]): string {
  return textOf(tablesOf(findings), checks);
}

function tablesOf({ ingest, fanOut, average }: Findings): Table {
  return [
    ...(ingest
      ? [
          {
            title: `fixes stored, ${vehicles} vehicles, ${connections} connections`,
            rows: ingest.map(ingestRow),
          },
          { title: 'fixes stored, ratios', rows: ratioRows(ingest) },
        ]
      : []),
    ...(fanOut
      ? [{ title: `fan-out of ${fixesPerSecond} fixes/s`, rows: fanOut.map(fanOutRow) }]
      : []),
    ...(average
      ? [{ title: 'average speed over a day, one call at a time', rows: [averageRow(average)] }]
      : []),
  ];
}

function ingestRow({ title, rounds }: IngestCell): Row {
  const of = middleOf(rounds);
  const rates = rounds.map(({ perSecond }) => perSecond);
  return {
    system: title,
    'fixes/s': of((r) => r.perSecond).toFixed(0),
    range: `${Math.min(...rates).toFixed(0)}–${Math.max(...rates).toFixed(0)}`,
    'requests/s': of((r) => r.requestsPerSecond).toFixed(0),
    'p50 ms': of((r) => r.load.p50Ms).toFixed(2),
    'p99 ms': of((r) => r.load.p99Ms).toFixed(2),
    'Node µs': of((r) => r.nodeUs).toFixed(1),
    'PostgreSQL µs': of((r) => r.postgresUs).toFixed(1),
    'fsyncs/fix': of((r) => r.fsyncs).toFixed(4),
    generator: percent(of((r) => r.generatorShare)),
    others: percent(of((r) => r.othersShare)),
    faults: faultsOf(rounds),
  };
}

function ratioRows(cells: readonly IngestCell[]): Row[] {
  const [ours, theirs] = ['all', 'naive'].map((name) => cells.filter((c) => c.system === name));
  return (ours ?? []).flatMap((above) =>
    (theirs ?? []).map((below) => ({
      'fixes/s': `${above.title} ÷ ${below.title}`,
      ratio: ingestRatio(above, below).toFixed(2),
    })),
  );
}

function fanOutRow({ crowd, isStalled, rounds }: FanOutCell): Row {
  const of = middleOf(rounds);
  return {
    watchers: `${crowd.title}${isStalled ? ', one in ten stalled' : ''}`,
    'fixes/s': of((r) => r.fixesPerSecond).toFixed(0),
    'delivered/s': of((r) => r.deliveredPerSecond).toFixed(0),
    told: percent(of((r) => r.deliveredShare)),
    'MB/s': of((r) => r.bytesPerSecond / 1e6).toFixed(0),
    'p50 ms': of((r) => r.watched.p50Ms).toFixed(1),
    'p99 ms': of((r) => r.watched.p99Ms).toFixed(1),
    'Node µs': of((r) => r.nodeUs).toFixed(2),
    'MiB before': of((r) => r.mibBefore).toFixed(0),
    after: of((r) => r.mibAfter).toFixed(0),
    Node: percent(of((r) => r.nodeShare)),
    readers: percent(of((r) => r.readerShare)),
    others: percent(of((r) => r.othersShare)),
    faults: faultsOf(rounds),
  };
}

function averageRow({ fixes, calls, medianMs, slowestMs }: AverageResult): Row {
  return {
    fixes: String(fixes),
    calls: String(calls),
    'median ms': medianMs.toFixed(1),
    'slowest ms': slowestMs.toFixed(1),
  };
}

function middleOf<Round>(rounds: readonly Round[]) {
  return (value: (round: Round) => number): number => median(rounds.map(value));
}

function faultsOf(rounds: readonly { faults: string }[]): string {
  return rounds.flatMap(({ faults }) => faults || []).join('; ') || '–';
}

type Report = {
  findings: Findings;
  checks: readonly Check[];
  version: string;
  date: string;
  seconds: number;
  rounds: number;
};

export async function writeTrackingReport({ findings, checks, ...run }: Report): Promise<void> {
  const parts = [
    '# How fast tracking is',
    `Written by \`npm run bench -- tracking\` on ${run.date}. ${machineWords(run.version)}.`,
    '## Checks',
    `Of rounds side by side; the median of ${run.rounds}, ${run.seconds} s each.`,
    grid(checks.map(checkRow), '', true),
    ...tablesOf(findings).flatMap(({ title, rows }) => [
      `## ${title.charAt(0).toUpperCase()}${title.slice(1)}`,
      grid(rows, '', true),
    ]),
    explanation,
  ];
  await writeFile(page, `${parts.join('\n\n')}\n`);
}
