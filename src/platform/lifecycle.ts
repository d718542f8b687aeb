import type { Log } from './log.ts';
import { within } from './within.ts';

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
    try {
      await within(closeMaxMs, close(), () => new Error('it takes too long'));
      return true;
    } catch (err) {
      log.error({ what: name, err }, 'could not be closed in time');
      return false;
    }
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
