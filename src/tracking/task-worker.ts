import { crashPoint } from '../platform/crash.ts';
import { isBadValue, type Database } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { repeat } from '../platform/repeat.ts';
import { noSpeeds } from './average.ts';
import { averageStore, type Average } from './average-store.ts';
import { dueTaskStore, type ClaimedTask, type Outcome } from './task-store.ts';

type Parts = { database: Database; now: () => Date; log: Log; everyMs?: number };

/** What another process was asked for, or has left behind, is found within this time. */
const everyMsDefault = 500;
/** In one round; every task is a transaction of its own. */
const tasksMax = 10;
/** The pauses between tries double, and come to eight and a half minutes in all. */
const triesMax = 10;

/** Works off the tasks whose windows are over, each once, however many processes do so. */
export function openTaskWorker(parts: Parts) {
  const { database, now, log, everyMs = everyMsDefault } = parts;
  let isClosing = false;

  const rounds = repeat({ name: 'tasks of tracking', everyMs, round, log });
  const alarm = createAlarm(rounds.poke);

  /** What is due later than the next round is seen by the rounds until then. */
  function wakeIn(ms: number): void {
    if (!isClosing && ms <= 2 * everyMs) alarm.ringIn(ms);
  }

  async function round(): Promise<boolean> {
    const dueInMs = await dueTaskStore(database).nextDueInMs();
    if (dueInMs === undefined) return false;
    if (dueInMs <= 0) return (await workOff(tasksMax)) > 0;
    wakeIn(dueInMs);
    return false;
  }

  async function workOff(leftMax: number): Promise<number> {
    if (isClosing || leftMax === 0 || !(await workOne(parts))) return 0;
    return 1 + (await workOff(leftMax - 1));
  }

  return {
    onTask: (dueAt: Date): void => wakeIn(Math.max(0, dueAt.getTime() - now().getTime())),

    /** Ends after the task that is under way. */
    close: async (): Promise<void> => {
      isClosing = true;
      await rounds.close();
      alarm.stop();
    },
  };
}

/** One timer, for the earliest moment it was told of. */
function createAlarm(ring: () => void) {
  let timer: NodeJS.Timeout | undefined;
  let ringsAtMs = Number.POSITIVE_INFINITY;

  return {
    ringIn(ms: number): void {
      const atMs = performance.now() + ms;
      if (atMs >= ringsAtMs) return;
      clearTimeout(timer);
      ringsAtMs = atMs;
      timer = setTimeout(() => {
        ringsAtMs = Number.POSITIVE_INFINITY;
        ring();
      }, Math.ceil(ms));
    },

    stop: (): void => clearTimeout(timer),
  };
}

/** Says whether there was one; what others work on right now is not there. */
async function workOne(parts: Parts): Promise<boolean> {
  let claimed = undefined as ClaimedTask | undefined;
  try {
    // A lock instead of a lease: with the worker it goes at once, and what it has done with it.
    await parts.database.transaction(async (transaction) => {
      const store = dueTaskStore(transaction);
      claimed = await store.claim();
      if (!claimed) return;
      crashPoint('taskAfterClaim');
      const average = await averageStore(transaction).average(claimed.vehicle, claimed);
      await store.end(claimed.id, outcomeOf(average), parts.now().getTime());
      crashPoint('taskBeforeCommit');
    });
  } catch (err) {
    if (!claimed || isOfDatabase(err)) throw err;
    await tryLater(parts, claimed, err);
  }
  return claimed !== undefined;
}

/** Out of the way of the others; and in the end for good. */
async function tryLater(parts: Parts, { id, tries }: ClaimedTask, err: unknown): Promise<void> {
  const { database, now, log } = parts;
  log.warn({ err, taskId: id, tries }, 'a task has failed');
  const store = dueTaskStore(database);
  if (!isBadValue(err) && tries + 1 < triesMax) await store.setAside(id, 2 ** tries);
  else await store.end(id, failed('internal', 'It cannot be worked out'), now().getTime());
}

function outcomeOf(average: Average | undefined): Outcome {
  return average ? { state: 'done', outcome: average } : failed('noFixes', noSpeeds);
}

function failed(code: string, detail: string): Outcome {
  return { state: 'failed', outcome: { code, detail } };
}

/** Any other task would have failed as well; a timeout may be this one's own. */
function isOfDatabase(error: unknown): boolean {
  return error instanceof AppError && error.code !== 'deadlineExceeded';
}
