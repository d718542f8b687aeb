import { codeOf, type Ask } from '../../src/faults/shop.ts';

type Row = {
  name: string;
  startedMs: number;
  ok: number;
  failed: string[];
  retried: number;
  ms: number[];
};

export type Meter = {
  ask: Ask;
  /** From here on requests count for another phase. */
  begin: (phase: string) => void;
  /** Requests of a phase with no answer, or with one that says that it is our fault. */
  failed: (phase: string) => string[];
  lines: () => string[];
};

/** Counts what customers see, one request at a time; who tries again is counted again. */
export function meterOf(ask: Ask): Meter {
  const rows: Row[] = [];
  const unanswered = new Set<string>();
  const begin = (name: string): void =>
    void rows.push({ name, startedMs: performance.now(), ok: 0, failed: [], retried: 0, ms: [] });
  begin('opening');

  function remember(key: string | undefined, isFailed: boolean): void {
    if (key === undefined) return;
    if (isFailed) unanswered.add(key);
    else unanswered.delete(key);
  }
  return {
    begin,
    async ask(what, content) {
      // A request belongs to the phase in which it began, whenever it ends.
      const row = rows.at(-1) as Row;
      const key = content?.key;
      if (key !== undefined && unanswered.has(key)) row.retried += 1;
      const startedMs = performance.now();
      const answer = await ask(what, content);
      const ms = Math.round(performance.now() - startedMs);
      row.ms.push(ms);
      const isFailed = answer.status === 0 || answer.status >= 500;
      remember(key, isFailed);
      if (isFailed) row.failed.push(`${what}: ${codeOf(answer)} after ${ms} ms`);
      else row.ok += 1;
      return answer;
    },
    failed: (phase) => rows.filter(({ name }) => name === phase).flatMap(({ failed }) => failed),
    lines: () => [
      line('phase', ['seconds', 'requests', 'ok', 'failed', 'retried', 'p50 ms', 'p99 ms']),
      ...rows.map(({ name, startedMs, ok, failed, retried, ms }, i) => {
        const seconds = ((rows[i + 1]?.startedMs ?? performance.now()) - startedMs) / 1_000;
        const counts = [ms.length, ok, failed.length, retried];
        return line(name, [seconds.toFixed(0), ...counts, share(ms, 0.5), share(ms, 0.99)]);
      }),
    ],
  };
}

function share(ms: readonly number[], part: number): string {
  const sorted = ms.toSorted((a, b) => a - b);
  return sorted.length === 0
    ? ''
    : String(Math.round(sorted[Math.floor(part * sorted.length)] ?? 0));
}

export function line(name: string, cells: readonly (string | number)[]): string {
  return `  ${name.padEnd(34)}${cells.map((cell) => String(cell).padStart(9)).join('')}`;
}
