import { distanceMeters, type Place } from '../../src/tracking/geo.ts';
import type { Fix } from './fleet.ts';
import { between } from './geo.ts';

/** A route, column by column: the n-th of each belongs to the n-th fix. */
export type Track = {
  fixes: readonly Fix[];
  /** Seconds since 1970, rising. */
  times: readonly number[];
  /** Along all fixes up to this one. */
  meters: readonly number[];
  /** In metres per second. */
  speeds: readonly (number | null)[];
  elevations: readonly (number | null)[];
};

export type Moment = {
  place: Place;
  time: number;
  meters: number;
  speed: number | null;
  elevation: number | null;
};

export function trackOf(fixes: readonly Fix[]): Track {
  const times = fixes.map(({ timestamp }) => Date.parse(timestamp) / 1_000);
  const steps = fixes.map((fix, i) => {
    const before = fixes[i - 1];
    return before ? distanceMeters(before, fix) : 0;
  });
  let sum = 0;
  const meters = steps.map((step) => (sum += step));
  // Who does not say how fast it is has still come from somewhere.
  const speeds = fixes.map(({ speedMetersPerSecond }, i) => {
    if (speedMetersPerSecond !== undefined) return speedMetersPerSecond;
    const elapsed = (times[i] ?? 0) - (times[i - 1] ?? Number.NaN);
    return elapsed > 0 ? (steps[i] ?? 0) / elapsed : null;
  });
  return {
    fixes,
    times,
    meters,
    speeds,
    elevations: fixes.map(({ elevation = null }) => elevation),
  };
}

/** The newest fix that is not after this time; the first, if all are. */
export function indexAt(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((times[middle] ?? Infinity) <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * How things were at a moment: place and distance between two fixes as if the way were even, and
 * what was measured as the last fix said it.
 */
export function momentAt(track: Track, time: number): Moment | undefined {
  const { fixes, times, meters, speeds, elevations } = track;
  const i = indexAt(times, time);
  const from = fixes[i];
  const start = times[i];
  if (!from || start === undefined) return undefined;
  const to = fixes[i + 1] ?? from;
  const length = (times[i + 1] ?? start) - start;
  const share = length > 0 ? Math.min(1, Math.max(0, (time - start) / length)) : 0;
  const before = meters[i] ?? 0;
  return {
    place: between(from, to, share),
    time: Math.max(time, start),
    meters: before + ((meters[i + 1] ?? before) - before) * share,
    speed: speeds[i] ?? null,
    elevation: elevations[i] ?? null,
  };
}

/** At most so many, evenly, and always the last. */
export function thinned<T>(items: readonly T[], countMax: number): readonly T[] {
  const step = Math.ceil(items.length / countMax);
  return step <= 1 ? items : items.filter((_, i) => (items.length - 1 - i) % step === 0);
}
