import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from './log.ts';

export type Repeated = {
  /** Something is to do now: do not wait for the next time. */
  poke: () => void;
  /** Ends after the round that is under way. */
  close: () => Promise<void>;
};

type Options = {
  name: string;
  everyMs: number;
  /** One round; `true` says that more is waiting. What it throws is logged, and tried again later. */
  round: () => Promise<boolean>;
  log: Log;
};

/** Pokes that come close together are one: a round is worth more when it has more to do. */
const pauseMs = 20;

/** Does rounds for as long as the process lives: one at a time, when poked and every so often. */
export function repeat({ name, everyMs, round, log }: Options): Repeated {
  const closing = new AbortController();
  let wake: (() => void) | undefined;
  let poked = false;

  async function wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    wake = resolve;
    if (poked || closing.signal.aborted) resolve();
    const timer = setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
  }

  async function tryRound(): Promise<boolean> {
    try {
      return await round();
    } catch (err) {
      log.warn({ err, job: name }, 'a round of work failed, and will be tried again');
      return false;
    }
  }

  async function once(): Promise<void> {
    poked = false;
    const moreToDo = await tryRound();
    // Not all processes at once: a quarter earlier or later.
    if (!moreToDo) await wait(everyMs * (0.75 + Math.random() / 2));
    await sleep(pauseMs, undefined, { signal: closing.signal }).catch(() => undefined);
  }

  async function run(): Promise<void> {
    // oxlint-disable-next-line no-await-in-loop -- one round after the other, for as long as it lives
    while (!closing.signal.aborted) await once();
  }

  const running = run();
  return {
    poke() {
      poked = true;
      wake?.();
    },
    async close() {
      closing.abort();
      wake?.();
      await running;
    },
  };
}
