import type { Service } from '../platform/api.ts';
import { ownCall } from '../platform/call.ts';
import type { trackingApi } from '../tracking/api.ts';
import type { News } from './fix-event.ts';

export type Tracking = Pick<Service<typeof trackingApi>, 'listNews'>;

type Parts = {
  tracking: Tracking;
  onNews: (items: News['items']) => void;
  retryMs: number;
};

/** Clocks differ, and a fix is told of a moment after it was written. */
export const marginMs = 5_000;
export const newsMax = 10_000;
const budgetMs = 5_000;

/**
 * Asks tracking for what was not heard: everything when listening begins, and what the bus may have
 * lost. There is one question at a time, which comes again until it is answered.
 */
export function createCatchUp({ tracking, onNews, retryMs }: Parts) {
  /** From when on something is missing; the beginning of time for everything. */
  let missingSinceMs = Infinity;
  let asking: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let isOn = false;

  async function ask(): Promise<void> {
    const sinceMs = missingSinceMs;
    missingSinceMs = Infinity;
    const since = sinceMs > 0 && { since: new Date(sinceMs - marginMs).toISOString() };
    try {
      const call = ownCall('gateway', budgetMs);
      const { items } = await tracking.listNews({ limit: newsMax, ...since }, call);
      if (isOn) onNews(items);
    } catch (error) {
      missingSinceMs = Math.min(missingSinceMs, sinceMs);
      throw error;
    }
  }

  function begin(): Promise<void> {
    clearTimeout(retry);
    asking = ask();
    // Who waits for it hears of it; it comes again in any case.
    asking.then(
      () => goOn(0),
      () => goOn(retryMs),
    );
    return asking;
  }

  function goOn(waitMs: number): void {
    asking = undefined;
    if (!isOn || missingSinceMs === Infinity) return;
    retry = setTimeout(() => void begin().catch(() => undefined), waitMs).unref();
  }

  return {
    /** Everything is missing, or what came since then. */
    missed(sinceMs = 0): void {
      isOn = true;
      missingSinceMs = Math.min(missingSinceMs, Math.max(0, sinceMs));
      if (!asking) begin().catch(() => undefined);
    },
    /** Once nothing is missing, or with why it cannot be had. */
    done: async (): Promise<void> => {
      await asking;
      if (missingSinceMs < Infinity) await (asking ?? begin());
    },
    stop(): void {
      isOn = false;
      missingSinceMs = Infinity;
      clearTimeout(retry);
    },
  };
}
