import { setTimeout } from 'node:timers/promises';
import type { Health } from './platform/health.ts';
import type { Lifecycle } from './platform/lifecycle.ts';
import type { Log } from './platform/log.ts';

const parentCheckMs = 250;

type Parts = { lifecycle: Lifecycle; log: Log; drainMs: number };

export type Stopper = {
  /** From here on a signal drains before it closes. */
  started(health: Health): void;
  /** Stops when the parent is gone: npm and its shell end on a signal without passing it on. */
  endWithParent: () => void;
  /** Something this process cannot live without is gone. */
  fail: (error: Error) => void;
  /** The exit code, once everything is closed. */
  stopped: Promise<number>;
};

/**
 * Stops in order: first not ready, so that balancers turn away; then no new connections and the
 * last answers; then what is behind. A second signal stops at once.
 */
export function createStopper({ lifecycle, log, drainMs }: Parts): Stopper {
  const { promise: stopped, resolve } = Promise.withResolvers<number>();
  let health: Health | undefined;
  let stopping = false;
  let signalled = false;

  async function stop(exitCode: number): Promise<void> {
    if (stopping) return;
    stopping = true;
    if (!health) {
      await lifecycle.close();
      process.exit(exitCode);
    }
    health.drain();
    await setTimeout(drainMs);
    const clean = await lifecycle.close();
    log.info({ clean }, 'stopped');
    resolve(clean ? exitCode : 1);
  }

  function fail(err: Error): void {
    log.fatal({ err }, 'cannot go on');
    if (stopping) process.exit(1);
    void stop(1);
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      log.info({ signal }, signalled ? 'stopping at once' : 'stopping');
      if (signalled) process.exit(1);
      signalled = true;
      void stop(0);
    });
  }
  process.on('uncaughtException', fail);

  function endWithParent(): void {
    whenParentEnds(() => {
      // A signal to the whole group ends npm and is ours as well, and either may be seen first: the
      // end of npm is no signal.
      if (stopping) return;
      log.info('stopping, because the parent is gone');
      void stop(0);
    });
  }
  return {
    started: (running) => {
      health = running;
    },
    endWithParent,
    fail,
    stopped,
  };
}

/** npm and its shell end on a signal without passing it on. */
export function whenParentEnds(act: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, parentCheckMs);
  timer.unref();
}
