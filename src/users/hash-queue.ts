import { remainingMs, type Call } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';

type Deadline = Pick<Call, 'deadlineAtMs'>;
type Limits = { runningMax: number; waitingMax: number };

export type HashQueue = <T>(work: () => Promise<T>, call: Deadline) => Promise<T>;

/**
 * Lets a few pieces of heavy work run at once, the others wait in line. Whose time is over when
 * the turn comes is turned away, so that nothing is computed for nobody.
 */
export function hashQueue({ runningMax, waitingMax }: Limits): HashQueue {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function turn(): Promise<void> {
    if (running < runningMax) {
      running += 1;
      return;
    }
    if (waiting.length >= waitingMax) {
      throw new AppError('overloaded', 'Too many passwords wait to be checked; nothing was done');
    }
    // Who leaves hands its place on, so `running` stays as it is.
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }

  return async (work, call) => {
    await turn();
    try {
      remainingMs(call);
      return await work();
    } finally {
      leave();
    }
  };
}
