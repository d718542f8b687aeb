import type { Fix } from '../tracking/shapes.ts';
import { isGood, type GoodRow, type Row, type Sample } from './sample.ts';

/** A sample with its place in time, counted from the beginning of the replay. */
export type Timed = { vehicle: string; atMs: number; fix: Fix; sample: Sample };

type Problem = { line: number; problem: string };

type One = {
  vehicle: string;
  /** Reads the track from its beginning. */
  open: () => AsyncIterable<Row>;
  isLoop: boolean;
  /** Hears of what is skipped, in the first lap. */
  onProblem: (problem: Problem) => void;
};

const stepMsUsual = 1_000;
const stepsSeenMax = 101;
const msOf = ({ sample }: { sample: Sample }): number => Math.round(sample.timestamp * 1_000);

/** One vehicle drives a track that is read as it goes, once or for ever. */
export async function* oneVehicle({
  vehicle,
  open,
  isLoop,
  onProblem,
}: One): AsyncGenerator<Timed> {
  let lapAtMs = 0;
  let isFirst = true;
  let isMore = true;
  while (isMore) {
    const lap = createLap(lapAtMs);
    // oxlint-disable-next-line no-await-in-loop -- lap after lap
    for await (const row of open()) {
      if (isGood(row)) yield { vehicle, atMs: lap.place(row), fix: row.fix, sample: row.sample };
      else if (isFirst) onProblem(row);
    }
    isMore = isLoop && lap.isBegun();
    lapAtMs = lap.nextAtMs();
    isFirst = false;
  }
}

/** Counts from the first row of a lap; the next one begins one usual step after the last. */
function createLap(lapAtMs: number) {
  const steps: number[] = [];
  let firstMs: number | undefined;
  let lastMs = 0;
  return {
    place(row: GoodRow): number {
      const ms = msOf(row);
      if (firstMs !== undefined && steps.length < stepsSeenMax) steps.push(ms - lastMs);
      firstMs ??= ms;
      lastMs = ms;
      return lapAtMs + ms - firstMs;
    },
    isBegun: () => firstMs !== undefined,
    nextAtMs: () => lapAtMs + lastMs - (firstMs ?? 0) + usualStepMs(steps),
  };
}

/** The one in the middle, so that gaps do not count. */
function usualStepMs(steps: readonly number[]): number {
  const sorted = steps.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? stepMsUsual;
}

type Fleet = { vehicles: readonly string[]; rows: readonly GoodRow[]; isLoop: boolean };
type Driver = { vehicle: string; next: number; end: number; startMs: number };

/**
 * Many vehicles drive the same track, each from a place of its own on, as one schedule. Without a
 * loop each of them comes around once.
 */
export function* fleet({ vehicles, rows, isLoop }: Fleet): Generator<Timed> {
  if (rows.length === 0) return;
  const lap = createLap(0);
  const places = rows.map((row) => lap.place(row));
  const [lapMs, count] = [lap.nextAtMs(), rows.length];
  const windowMs = lapMs - (places.at(-1) ?? 0);
  const placeOf = (n: number) => Math.floor(n / count) * lapMs + (places[n % count] ?? 0);
  const dueOf = (driver: Driver) =>
    driver.next < driver.end ? placeOf(driver.next) - driver.startMs : Infinity;

  const drivers = vehicles.map((vehicle, i): Driver => {
    const startMs = (lapMs * i) / vehicles.length;
    const first = places.findIndex((place) => place >= startMs);
    const next = first === -1 ? count : first;
    return { vehicle, next, end: isLoop ? Infinity : next + count, startMs };
  });

  /** What one driver does before a time. */
  function* before(driver: Driver, endMs: number): Generator<Timed> {
    for (let atMs = dueOf(driver); atMs < endMs; atMs = dueOf(driver)) {
      const row = rows[driver.next % count];
      if (row) yield { vehicle: driver.vehicle, atMs, fix: row.fix, sample: row.sample };
      driver.next += 1;
    }
  }

  let firstMs = Math.min(...drivers.map(dueOf));
  while (firstMs < Infinity) {
    const endMs = firstMs + windowMs;
    const due = drivers.flatMap((driver) => [...before(driver, endMs)]);
    yield* due.toSorted((a, b) => a.atMs - b.atMs);
    firstMs = Math.min(...drivers.map(dueOf));
  }
}
