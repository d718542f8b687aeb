import { sessionUnusedDaysMax } from './api.ts';

export const sessionLimits = {
  /** A session ends so long after its last use, */
  unusedDaysMax: sessionUnusedDaysMax,
  /** and so long after the log-in at the latest. */
  lifetimeDaysMax: 90,
  /** Two tabs may refresh at once, and an answer may get lost: so long the old token repeats it. */
  graceSeconds: 10,
  /** Of one account; the oldest goes first. */
  countMax: 100,
  /** Ended sessions that one log-in removes. */
  droppedMax: 20,
} as const;
