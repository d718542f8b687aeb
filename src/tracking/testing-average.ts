import type { Fix } from './shapes.ts';

/** For tests: the average speed as one would reckon it by hand. Nothing, if there is no speed. */
export function averageByHand(fixes: readonly Fix[], fromMs: number, untilMs: number) {
  const told = new Map<number, number>();
  for (const { timestamp, speedMetersPerSecond: speed } of fixes) {
    const ms = Date.parse(timestamp);
    if (speed === undefined || ms <= fromMs || ms > untilMs) continue;
    // The first fix of a time is the one that stays.
    if (!told.has(ms)) told.set(ms, speed);
  }
  const times = [...told.keys()].toSorted((a, b) => a - b);
  let meters = 0;
  let seconds = 0;
  times.forEach((ms, i) => {
    const held = ((times[i + 1] ?? untilMs) - ms) / 1_000;
    meters += held * (told.get(ms) as number);
    seconds += held;
  });
  if (times.length === 0) return undefined;
  const average = seconds === 0 ? (told.get(untilMs) as number) : meters / seconds;
  return { average, fixes: times.length };
}
