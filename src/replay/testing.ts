import { createRowReader, isGood, type GoodRow, type Row } from './sample.ts';
import type { Clock } from './clock.ts';

export type FakeClock = Clock & {
  /** Somebody sets the clock on the wall. */
  set: (byMs: number) => void;
  /** Time passes while something else is done. */
  pass: (ms: number) => void;
  /** Each time that was waited for. */
  waits: number[];
};

/** Time that passes only when it is waited for, and a bit more each time, as timers do. */
export function fakeClock({ lateMs = 0 } = {}): FakeClock {
  let steadyMs = 5_000;
  let wallAheadMs = 1_789_000_000_000;
  const waits: number[] = [];
  return {
    waits,
    wallMs: () => steadyMs + wallAheadMs,
    steadyMs: () => steadyMs,
    async wait(ms) {
      waits.push(ms);
      steadyMs += ms + lateMs;
    },
    set: (byMs) => void (wallAheadMs += byMs),
    pass: (ms) => void (steadyMs += ms),
  };
}

/** Rows with these times, in seconds, each a bit further north. */
export function rowsAt(...seconds: number[]): GoodRow[] {
  const read = createRowReader();
  const rows = seconds.map((second, i) =>
    read({ timestamp: String(second), latitude: String(i / 1_000), longitude: '0' }, i + 2),
  );
  return rows.filter(isGood);
}

export async function* streamOf<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

export const bytesOf = (...texts: string[]): AsyncGenerator<Uint8Array> =>
  streamOf(texts.map((text) => Buffer.from(text)));

/** What was wrong, by line. */
export const problemsOf = (rows: readonly Row[]): [number, string][] =>
  rows.flatMap((row) => (isGood(row) ? [] : [[row.line, row.problem]]));
