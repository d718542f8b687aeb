import { residentMib, sampleOf } from './accounting.ts';
import { productsCount } from './naive-tables.ts';
import type { Special } from './overload.ts';
import { measure } from './rounds.ts';

const everyMs = 10_000;
const usual = { connections: 256, products: productsCount, lines: 1, warmMs: 10_000 };
const share = 0.7;
const saturationMs = 10_000;

type Sample = { resident: number; heap: number };

/** Runs for long at a usual load, and looks whether memory grows. */
export async function runSoak({ cluster, system, options, say }: Special): Promise<number> {
  const closed = await measure(cluster, system, { ...usual, measureMs: saturationMs });
  const perSecond = share * closed.perSecond;
  say(`soak: ${perSecond.toFixed(0)} orders/s for ${options.soakSeconds} s`);
  const samples: Sample[] = [];
  const sample = async () => {
    const texts = await Promise.all(
      system.metricsUrls.map(async (url) => (await fetch(url)).text()),
    );
    const heap = sampleOf(texts.join('\n'), 'nodejs_heap_size_used_bytes') / 2 ** 20;
    const resident = residentMib(system.pids);
    samples.push({ resident, heap });
    say(
      `${samples.length * 10} s: ${resident.toFixed(0)} MiB resident, ${heap.toFixed(0)} MiB heap`,
    );
  };
  const timer = setInterval(() => void sample().catch(() => undefined), everyMs);
  const measureMs = options.soakSeconds * 1_000;
  const round = await measure(cluster, system, {
    ...usual,
    measureMs,
    perSecond,
    queueMax: 20_000,
  });
  clearInterval(timer);
  const { load, faults } = round;
  say(
    `${round.perSecond.toFixed(0)}/s, p50 ${load.ok.p50Ms.toFixed(2)} ms, p99 ${load.ok.p99Ms.toFixed(2)} ms`,
  );
  say(faults ? `INVALID: ${faults}` : 'every answer was 201');
  const mean = (of: readonly Sample[], value: (one: Sample) => number) =>
    of.reduce((total, one) => total + value(one), 0) / of.length;
  // The first sample is of the warming up.
  const [first, last] = [samples.slice(1, 7), samples.slice(-6)];
  for (const what of ['resident', 'heap'] as const) {
    const [from, to] = [mean(first, (one) => one[what]), mean(last, (one) => one[what])];
    say(
      `${what}: ${from.toFixed(1)} MiB in the first minute, ${to.toFixed(1)} in the last (${(((to - from) / from) * 100).toFixed(1)} %)`,
    );
  }
  return faults ? 1 : 0;
}
