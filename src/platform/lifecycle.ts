import type { Log } from './log.ts';

export type Lifecycle = {
  /** Remembers how to close what was just opened. */
  opened(name: string, close: () => Promise<void>): void;
  /** Closes everything, last opened first, each within its time; says whether all went well. */
  close(): Promise<boolean>;
};

const closeMaxMs = 10_000;

export function createLifecycle(log: Log): Lifecycle {
  const closers: { name: string; close: () => Promise<void> }[] = [];
  let closing: Promise<boolean> | undefined;

  async function closeOne({ name, close }: (typeof closers)[number]): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const timer = setTimeout(() => resolve('late'), closeMaxMs);
    const outcome = await Promise.race([close().then(() => 'closed'), promise]).catch(
      (error: unknown) => error,
    );
    clearTimeout(timer);
    if (outcome === 'closed') return true;
    log.error({ what: name, err: outcome }, 'could not be closed in time');
    return false;
  }

  async function closeAll(): Promise<boolean> {
    let clean = true;
    for (const closer of closers.toReversed()) {
      // oxlint-disable-next-line no-await-in-loop -- what was opened later may need what came before
      clean = (await closeOne(closer)) && clean;
    }
    return clean;
  }

  return {
    opened: (name, close) => void closers.push({ name, close }),
    close: () => (closing ??= closeAll()),
  };
}
