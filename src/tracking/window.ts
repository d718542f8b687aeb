import { invalid } from '../platform/errors.ts';
import { expectTime } from '../platform/times.ts';
import { windowSecondsMax, windowSecondsMin } from './shapes.ts';

/** Without its beginning and with its end, so that windows in a row share no fix. */
export type Window = { fromMs: number; untilMs: number };

type Asked = { windowSeconds: number; until?: string };

/** The seconds until a time that was, or until now. */
export function windowBack({ windowSeconds, until }: Asked, now: Date): Window {
  const nowMs = now.getTime();
  const untilMs = until === undefined ? nowMs : expectTime(until, '/until').getTime();
  if (untilMs > nowMs) throw invalid('query', '/until', 'is in the future');
  return { fromMs: untilMs - lengthMs(windowSeconds), untilMs };
}

/** The seconds from now on. */
export function windowAhead({ windowSeconds, until }: Asked, now: Date): Window {
  if (until !== undefined) throw invalid('query', '/until', 'is for looking back only');
  const fromMs = now.getTime();
  return { fromMs, untilMs: fromMs + lengthMs(windowSeconds) };
}

/** Fixes are exact to the millisecond, and so are windows. */
function lengthMs(windowSeconds: number): number {
  // The schema alone would let Infinity pass, which is what `1e400` is once it is read.
  if (!(windowSeconds >= windowSecondsMin && windowSeconds <= windowSecondsMax)) {
    const detail = `must be from ${windowSecondsMin} to ${windowSecondsMax}`;
    throw invalid('query', '/windowSeconds', detail);
  }
  return Math.round(windowSeconds * 1_000);
}

export const timeOf = (ms: number): string => new Date(ms).toISOString();
