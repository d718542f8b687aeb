import { setInterval } from 'node:timers/promises';

const usualPauseMs = 20;

/** Asks again and again until there is an answer; undefined when the time is over. */
export async function until<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  waitMsMax: number,
  pauseMs = usualPauseMs,
): Promise<T | undefined> {
  const first = await ask();
  if (first !== undefined) return first;
  for await (const endsAt of setInterval(pauseMs, performance.now() + waitMsMax)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() >= endsAt) return undefined;
  }
  return undefined;
}
