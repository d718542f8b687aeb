import type { Log } from './log.ts';

/** The mistake of one listener is no reason that others do not hear. */
export function guarded(log: Log | undefined, listen: () => void): void {
  try {
    listen();
  } catch (err) {
    if (log) log.error({ err }, 'a listener on the bus failed');
    else throwLater(err);
  }
}

/** Where nobody reads a log, as in tests, a mistake must not go unseen. */
function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
