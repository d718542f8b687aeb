import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import type { Check } from './checks.ts';
import { plot } from './plot.ts';
import { median, type Round } from './rounds.ts';
import type { Cell, Scenario } from './scenarios.ts';
import { naiveConnections } from './systems.ts';

const docs = join(import.meta.dirname, '..', 'docs');

const explanation = `## What is compared

- **all**: Bazar in one process, as \`npm start\` runs it, with sessions, validation, idempotency,
  outbox, history and metrics. Only the limits per minute are raised, or they would refuse the load.
- **split**: users, catalog, orders and the gateway in a process each.
- **naive**: one process, one transaction per order: select the user, take the stock if there is
  enough, insert the order. No sessions, no idempotency, no events. A pool of ${naiveConnections} connections.
- **naive-split**: three HTTP services; orders asks users and catalog once each, then inserts. A
  pool of ${naiveConnections} connections per service.

All use one durable PostgreSQL, in a database each, with the settings that Bazar ships (but room for
more connections). The rounds are interleaved; while one system is measured the others are
stopped. A _disk that syncs in 1 ms_ is this one with \`commit_delay\`, which holds up each sync of
the log: what disks in use take that really keep what they are told. Latency is in the eyes of the client; in the open loop it counts from the moment at which
the order should have been sent. Processor time is from the accounts of the processes, per order.
\`generator\` is what the load generator, and \`others\` what programs that do not belong to the bench
took of the machine.

## Run it

\`npm run bench\` (Linux, about ten minutes). \`--quick\` for a glance, \`--only=all,naive\`,
\`--scenario=many-256,hot-256\`, \`--rounds=\`, \`--seconds=\`, \`--no-write\`. \`--overload\` offers more
than can be done, \`--soak=600\` looks for growing memory, \`--profile\` says where the time goes.
\`npm run bench -- tracking\` measures [tracking](bench-tracking.md) instead of orders.`;

type Row = Record<string, string>;
export type Table = { title: string; rows: Row[] }[];

/** What the numbers were taken on, without saying whose it is. */
export function machineWords(postgresVersion: string): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown';
  const gib = Math.round(totalmem() / 2 ** 30);
  return (
    `${availableParallelism()} processors (${model}), ${gib} GiB, ${type()} ${release().split('-')[0]}, ` +
    `Node ${process.versions.node}, PostgreSQL ${postgresVersion}, fsync on; ` +
    'servers, database and load generator share the processors'
  );
}

export function tableOf(cells: readonly Cell[]): Table {
  const scenarios = [...new Set(cells.map(({ scenario }) => scenario))];
  return scenarios.map((scenario) => ({
    title: titleOf(scenario),
    rows: cells.filter((cell) => cell.scenario === scenario).map(rowOf),
  }));
}

function titleOf({ title, openShare, pauseMs }: Scenario): string {
  const isClosed = openShare === undefined && pauseMs === undefined;
  return isClosed ? `closed loop, ${title}` : title;
}

function rowOf({ system, rounds }: Cell): Row {
  const of = (value: (round: Round) => number) => median(rounds.map(value));
  const batches = rounds.flatMap(({ batch }) => batch ?? []);
  const perSecond = rounds.map((round) => round.perSecond);
  return {
    system,
    'orders/s': of((r) => r.perSecond).toFixed(0),
    range: `${Math.min(...perSecond).toFixed(0)}–${Math.max(...perSecond).toFixed(0)}`,
    'p50 ms': of((r) => r.load.ok.p50Ms).toFixed(2),
    'p99 ms': of((r) => r.load.ok.p99Ms).toFixed(2),
    'Node µs': of((r) => r.nodeUs).toFixed(0),
    'PostgreSQL µs': of((r) => r.postgresUs).toFixed(0),
    batch: batches.length > 0 ? median(batches).toFixed(1) : '–',
    'fsyncs/order': of((r) => r.fsyncs).toFixed(3),
    generator: percent(of((r) => r.generatorShare)),
    others: percent(of((r) => r.othersShare)),
    faults: rounds.flatMap(({ faults }) => faults || []).join('; ') || '–',
  };
}

export const checkRow = ({ name, value, limit, atLeast, isMet }: Check): Row => ({
  ratio: name,
  value: value.toFixed(2),
  'must be': `${atLeast ? '≥' : '≤'} ${limit}`,
  '': isMet ? 'yes' : 'NO',
});

export function textOf(table: Table, checks: readonly Check[]): string {
  const parts = table.map(({ title, rows }) => `${title}\n${grid(rows, '  ')}`);
  if (checks.length > 0) parts.push(grid(checks.map(checkRow), '  '));
  return parts.join('\n\n');
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

/** Columns of equal width; the first is left, numbers are right. */
export function grid(rows: readonly Row[], between: string, rule = false): string {
  const names = Object.keys(rows[0] ?? {});
  const widths = names.map((name) =>
    Math.max(rule ? 3 : 0, ...[name, ...rows.map((row) => row[name] ?? '')].map((t) => t.length)),
  );
  const line = (values: readonly string[]) => {
    const padded = values.map((value, i) =>
      i === 0 ? value.padEnd(widths[i] ?? 0) : value.padStart(widths[i] ?? 0),
    );
    return rule ? `| ${padded.join(' | ')} |` : padded.join(between);
  };
  const dashes = widths.map((width, i) =>
    i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  const body = rows.map((row) => line(names.map((name) => row[name] ?? '')));
  return [line(names), ...(rule ? [line(dashes)] : []), ...body].join('\n');
}

type Report = {
  cells: readonly Cell[];
  checks: readonly Check[];
  version: string;
  date: string;
  seconds: number;
  rounds: number;
};

export async function writeReport({ cells, checks, ...run }: Report): Promise<void> {
  const parts = [
    `# How fast it is`,
    `Written by \`npm run bench\` on ${run.date}. ${machineWords(run.version)}.`,
    `![Orders per second, and latency](bench.svg)`,
    '## Ratios',
    `Of rounds side by side; the median of ${run.rounds}, ${run.seconds} s each.`,
    grid(checks.map(checkRow), '', true),
    ...tableOf(cells).flatMap(({ title, rows }) => [
      `## ${title.charAt(0).toUpperCase()}${title.slice(1)}`,
      grid(rows, '', true),
    ]),
    explanation,
  ];
  await writeFile(join(docs, 'bench.md'), `${parts.join('\n\n')}\n`);
  await writeFile(join(docs, 'bench.svg'), plot(cells));
}
