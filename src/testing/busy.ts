import { setTimeout as sleep } from 'node:timers/promises';

type Busy = { stop: () => Promise<void> };

/** Does a piece of work with many hands, again and again with a rest between, until told to stop. */
export function keepBusy(
  { hands, restMs }: { hands: number; restMs: number },
  work: () => Promise<void>,
): Busy {
  let isOver = false;
  async function hand(): Promise<void> {
    await work();
    if (isOver) return;
    await sleep(restMs);
    await hand();
  }
  const all = Promise.all(Array.from({ length: hands }, hand));
  // Whoever stops it hears of what has failed.
  all.catch(() => undefined);
  return {
    async stop() {
      isOver = true;
      await all;
    },
  };
}
