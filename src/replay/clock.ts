import { setTimeout as sleep } from 'node:timers/promises';

export type Clock = {
  /** What the clock on the wall says; somebody may set it. */
  wallMs: () => number;
  /** Only ever goes forward. */
  steadyMs: () => number;
  /** Comes back early when the signal says so; it does not throw. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** A timer of Node takes no more than 2^31 ms. */
const waitMsMax = 3_600_000;

export function systemClock(): Clock {
  return {
    wallMs: () => Date.now(),
    steadyMs: () => performance.now(),
    wait: (ms, signal) =>
      sleep(Math.min(ms, waitMsMax), undefined, { signal }).catch(() => undefined),
  };
}

/** Waits until it is time, or until the signal; a timer may come too early. */
export async function waitUntil(dueMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  for (let ms = dueMs - clock.steadyMs(); ms > 0; ms = dueMs - clock.steadyMs()) {
    if (signal.aborted) return;
    // oxlint-disable-next-line no-await-in-loop -- most often it is one
    await clock.wait(ms, signal);
  }
}

const shortestMs = 100;
const longestMs = 5_000;

/** How long to wait before the next attempt: longer each time, and not all at once. */
export function backoffMs(failures: number, random: () => number): number {
  const ms = Math.min(longestMs, shortestMs * 2 ** Math.min(failures - 1, 16));
  return Math.max(shortestMs, ms * (0.5 + random() / 2));
}
