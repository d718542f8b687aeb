import type { Log } from './log.ts';

/** Remembers that the bus did not take news, so that not every round of a relay tries in vain. */
export type Absence = {
  /** It failed, and has taken nothing since. */
  isAway(): boolean;
  /** Whether it is worth trying now. */
  isToTry(): boolean;
  /** Says whether it was taken; that it was not is logged once, until the bus is back. */
  isTaken(publishing: Promise<void>): Promise<boolean>;
};

const pauseMs = 1_000;

export function createAbsence(log: Log, clockMs = () => performance.now()): Absence {
  let failedAtMs: number | undefined;
  return {
    isAway: () => failedAtMs !== undefined,
    isToTry: () => failedAtMs === undefined || clockMs() - failedAtMs >= pauseMs,
    async isTaken(publishing) {
      try {
        await publishing;
      } catch (err) {
        if (failedAtMs === undefined) log.warn({ err }, 'the bus takes no news, which waits');
        failedAtMs = clockMs();
        return false;
      }
      if (failedAtMs !== undefined) log.info('the bus takes news again');
      failedAtMs = undefined;
      return true;
    },
  };
}
