import { hearFixes } from './hear-fixes.ts';
import { hearShop, shopTopics, type HearParts } from './hear-shop.ts';
import type { Tracking } from './catch-up.ts';
import type { Topic } from './stream-api.ts';

export type Hub = {
  /** Hears these topics from now on, until the answer is called. */
  join(topics: ReadonlySet<Topic>): () => void;
  /** Answers when the newest fix of each vehicle is in the log. */
  knowsFixes(): Promise<void>;
  close(): void;
};

export type HubParts = Omit<HearParts<'subscribe' | 'hear'>, 'lingerMs'> & {
  tracking: Tracking;
  /** How long to go on listening when the last one has left, so that who comes back can resume. */
  lingerMs?: number;
  /** When to ask again for what could not be had. */
  retryMs?: number;
};

/** Hears the bus for all streams of a process, as long as there are any. */
export function createHub({ lingerMs = 60_000, retryMs = 2_000, ...parts }: HubParts): Hub {
  const shop = hearShop({ ...parts, lingerMs });
  const fixes = hearFixes({ ...parts, lingerMs, retryMs });

  return {
    join(topics) {
      const leaves = [
        ...(shopTopics.some((topic) => topics.has(topic)) ? [shop.join()] : []),
        ...(topics.has('fixes') ? [fixes.join()] : []),
      ];
      return () => leaves.forEach((leave) => leave());
    },
    knowsFixes: fixes.isWhole,
    close() {
      shop.close();
      fixes.close();
    },
  };
}
