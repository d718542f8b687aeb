import { duration, number } from '../base/format.ts';
import type { Fix, Seen } from './fleet.ts';

export type Motion = 'moving' | 'standing' | 'stale' | 'unseen';

/** Slower than this a vehicle stands, and its receiver trembles. */
const movingMetersPerSecondMin = 0.5;

/** As the vehicle says, or else as the way since the fix before says. */
export function speedOf({
  speedMetersPerSecond,
  distanceMeters,
  elapsedTimeSeconds,
}: Fix): number | undefined {
  if (speedMetersPerSecond !== undefined) return speedMetersPerSecond;
  if (distanceMeters === undefined || !elapsedTimeSeconds) return undefined;
  return distanceMeters / elapsedTimeSeconds;
}

type Now = { nowMs: number; staleSeconds: number };

export function motionOf({ fix, timeMs }: Seen, { nowMs, staleSeconds }: Now): Motion {
  if (!fix) return 'unseen';
  if (nowMs - timeMs > staleSeconds * 1_000) return 'stale';
  return (speedOf(fix) ?? 0) >= movingMetersPerSecondMin ? 'moving' : 'standing';
}

/** "moving 12 km/h". */
export function motionText(seen: Seen, now: Now): string {
  const motion = motionOf(seen, now);
  if (motion === 'unseen') return 'never seen';
  const speed = seen.fix && speedOf(seen.fix);
  return motion === 'moving' && speed !== undefined ? `moving ${speedText(speed)}` : motion;
}

export function speedText(metersPerSecond: number): string {
  const kilometers = metersPerSecond * 3.6;
  return `${number(kilometers, kilometers < 10 ? 1 : 0)} km/h`;
}

export function lengthText(meters: number): string {
  if (meters < 1_000) return `${number(meters)} m`;
  return `${number(meters / 1_000, meters < 100_000 ? 2 : 0)} km`;
}

/** "12 s ago"; a clock that is a little ahead does not make the future. */
export function ageText(timeMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.floor((nowMs - timeMs) / 1_000));
  return seconds === 0 ? 'just now' : `${duration(seconds)} ago`;
}

const winds = [
  'north',
  'north-east',
  'east',
  'south-east',
  'south',
  'south-west',
  'west',
  'north-west',
];

/** "92°, east". */
export function headingText(degrees: number): string {
  return `${number(degrees)}°, ${winds[Math.round(degrees / 45) % 8]}`;
}
