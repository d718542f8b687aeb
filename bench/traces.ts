import { createServer } from 'node:http';
import { productsCount } from './naive-tables.ts';
import type { Options } from './options.ts';
import type { Cluster } from './postgres.ts';
import { sampleOf } from './accounting.ts';
import { measure, median, type Round } from './rounds.ts';
import { start, type System } from './systems.ts';

type Parts = {
  cluster: Cluster;
  options: Pick<Options, 'seconds' | 'rounds' | 'nodeFlags' | 'settings'>;
  say: (line: string) => void;
};

type Traced = { share: number; system: System; rounds: Round[] };

/** What is recorded: nothing, as much as one would, and everything. */
const shares = [0, 0.01, 1] as const;
const load = { connections: 256, products: productsCount, lines: 1 };
const warmMs = 1_000;
/** The first round of a process warms its machine code as well. */
const firstWarmMs = 4_000;
/** Of the orders of an untraced Bazar, one that records one of a hundred must still take so many. */
const ratioMin = 0.95;

/** Compares orders per second without traces, with one of a hundred and with all, side by side. */
export async function runTraces({ cluster, options, say }: Parts): Promise<number> {
  const collector = await startCollector();
  const cells: Traced[] = [];
  try {
    for (const share of shares) {
      const settings = [...options.settings, ...settingsFor(share, collector.url)];
      const database = `bench_traces_${cells.length}`;
      // oxlint-disable-next-line no-await-in-loop -- on two processors one after the other is faster
      const system = await start('all', { ...options, cluster, settings, database });
      system.pause();
      cells.push({ share, system, rounds: [] });
    }
    for (const cell of turns(cells, options.rounds)) {
      const isFirst = cell.rounds.length === 0;
      const spec = { ...load, warmMs: isFirst ? firstWarmMs : warmMs };
      // oxlint-disable-next-line no-await-in-loop -- one at a time has the machine
      const round = await measure(cluster, cell.system, {
        ...spec,
        measureMs: options.seconds * 1_000,
      });
      cell.rounds.push(round);
      say(lineOf(cell.share, round));
    }
    await sayAll(cells, say);
    say(`the collector was sent ${collector.spans()} spans`);
    // To record everything is not what anybody is advised to do under full load.
    const advised = cells.filter(({ share }) => share < 1);
    const isValid = advised.every(({ rounds }) => rounds.every(({ faults }) => faults === ''));
    return isValid && median(ratiosOf(cells, 0.01)) >= ratioMin ? 0 : 1;
  } finally {
    cells.forEach(({ system }) => system.resume());
    await Promise.all(cells.map(({ system }) => system.stop()));
    collector.close();
  }
}

function settingsFor(share: number, url: string): string[] {
  if (share === 0) return [];
  return [
    `--otel-exporter-otlp-endpoint=${url}`,
    '--otel-traces-sampler=parentbased_traceidratio',
    `--otel-traces-sampler-arg=${share}`,
  ];
}

/** A B C, B C A, C A B: whatever changes slowly falls on all alike. */
function turns(cells: readonly Traced[], rounds: number): Traced[] {
  return Array.from({ length: rounds }, (_, i) => {
    const first = i % cells.length;
    return [...cells.slice(first), ...cells.slice(0, first)];
  }).flat();
}

/** Takes everything and looks at nothing, since it has the same machine. */
async function startCollector() {
  const mark = Buffer.from('startTimeUnixNano');
  let spans = 0;
  const server = createServer((request, response) => {
    request.on('data', (bytes: Buffer) => {
      for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) spans += 1;
    });
    request.on('end', () => response.end('{}'));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    spans: () => spans,
    close(): void {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Each round beside the round without traces that was measured nearest to it. */
function ratiosOf(cells: readonly Traced[], wanted: number): number[] {
  const roundsOf = (share: number) => cells.find((cell) => cell.share === share)?.rounds ?? [];
  const plain = roundsOf(0);
  return roundsOf(wanted).map(({ perSecond }, i) => perSecond / (plain[i]?.perSecond ?? NaN));
}

async function sayAll(cells: readonly Traced[], say: Parts['say']): Promise<void> {
  for (const { share, system, rounds } of cells) {
    const ratios = ratiosOf(cells, share);
    const of = (value: (round: Round) => number): number => median(rounds.map(value));
    const spread = `${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}`;
    // oxlint-disable-next-line no-await-in-loop -- paused processes are asked one by one
    const dropped = share === 0 ? 0 : await readDropped(system);
    const words = [
      nameOf(share).padEnd(6),
      `${of(({ perSecond }) => perSecond).toFixed(0)} orders/s`,
      share > 0 && `${median(ratios).toFixed(3)} of those without (${spread})`,
      `p99 ${of((round) => round.load.ok.p99Ms).toFixed(1)} ms`,
      `CPU ${of(({ nodeUs }) => nodeUs).toFixed(0)} µs an order`,
      share > 0 && `${dropped} spans dropped`,
    ];
    say(words.filter(Boolean).join('; '));
  }
}

async function readDropped(system: System): Promise<number> {
  system.resume();
  const texts = await Promise.all(system.metricsUrls.map(async (url) => (await fetch(url)).text()));
  return sampleOf(texts.join('\n'), 'bazar_spans_dropped_total');
}

function lineOf(share: number, { perSecond, nodeUs, othersShare, faults }: Round): string {
  const words = [
    nameOf(share).padEnd(6),
    `${perSecond.toFixed(0)}/s`,
    `CPU ${nodeUs.toFixed(0)} µs`,
    `others ${(othersShare * 100).toFixed(0)} %`,
    faults && `INVALID: ${faults}`,
  ];
  return words.filter(Boolean).join('  ');
}

function nameOf(share: number): string {
  return share === 0 ? 'off' : `${share * 100} %`;
}
