import type { Fix } from '../tracking/shapes.ts';
import { waitUntil, type Clock } from './clock.ts';
import { timeOf, type Sample } from './sample.ts';
import type { Timed } from './schedule.ts';

export type Played = {
  vehicle: string;
  fix: Fix;
  sample: Sample;
  /** How long ago it was due. */
  lateMs: number;
};

type How = {
  /** 2 is twice as fast as it was. */
  speed: number;
  /** `now`: each sample gets the time at which it is due; `file`: it keeps its own. */
  times: 'now' | 'file';
  clock: Clock;
  signal: AbortSignal;
  /** The next sample waits for it. */
  sink: (played: Played) => Promise<void> | void;
};

/** Beyond this somebody has set the clock, or the machine has slept. */
const clockStepMs = 1_000;
/** So many samples without a rest, and whatever else waits in the process has its turn. */
const playedInARowMax = 256;

/**
 * Plays samples when they are due, counted from the start and not from one to the next, so that
 * nothing adds up. A slow sink makes them late; they are then played as fast as it takes them.
 */
export async function play(timed: AsyncIterable<Timed> | Iterable<Timed>, how: How): Promise<void> {
  const { speed, times, clock, signal, sink } = how;
  const startMs = clock.steadyMs();
  const stampOf = createStamps(clock, startMs);
  let inARow = 0;
  for await (const { vehicle, atMs, fix, sample } of timed) {
    const sinceStartMs = atMs / speed;
    const dueMs = startMs + sinceStartMs;
    inARow = dueMs > clock.steadyMs() ? 0 : inARow + 1;
    await waitUntil(dueMs, clock, signal);
    if (inARow >= playedInARowMax) {
      inARow = 0;
      await clock.wait(0, signal);
    }
    if (signal.aborted) return;
    const lateMs = Math.max(0, clock.steadyMs() - dueMs);
    const seconds = times === 'now' ? stampOf(sinceStartMs, lateMs) : sample.timestamp;
    await sink({
      vehicle,
      fix: { ...fix, timestamp: timeOf(seconds) },
      sample: { ...sample, timestamp: seconds },
      lateMs,
    });
  }
}

/** The time on the wall at which something is due, as even as the schedule itself. */
function createStamps(clock: Clock, startMs: number) {
  let wallStartMs = clock.wallMs() - (clock.steadyMs() - startMs);
  return (sinceStartMs: number, lateMs: number): number => {
    const wallMs = clock.wallMs() - lateMs - sinceStartMs;
    if (Math.abs(wallMs - wallStartMs) > clockStepMs) wallStartMs = wallMs;
    return Math.round(wallStartMs + sinceStartMs) / 1_000;
  };
}
