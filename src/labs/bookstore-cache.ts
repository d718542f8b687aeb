import { createShelf } from './bookstore-shelf.ts';

export type CacheCounts = { hits: number; misses: number; invalidations: number; size: number };

/** What a read is kept under, and the item whose writes make it old; a list has none. */
type Read = { key: string; item?: string | undefined };

export type ReadCache = {
  read: (what: Read, load: () => Promise<unknown>) => Promise<unknown>;
  /** Drops what is known of an item, and keeps nothing new of it until the write is over. */
  write: <T>(item: string, work: () => Promise<T>) => Promise<T>;
  invalidate: (item: string) => void;
  counts: () => CacheCounts;
};

/** Items share these: what is no write to this item costs a miss at most. */
type Slot = { generation: number; writes: number };

const slotCount = 256;

type Options = {
  entriesMax: number;
  /** So old an answer may be about what changes without the front: a bound, not the rule. */
  keepMs: number;
  clockMs?: () => number;
};

/**
 * Answers of reads, the least used ones dropped first. A read may be under way while a write begins
 * and ends; what it brings is then given to its reader, but never kept.
 */
export function createReadCache(options: Options): ReadCache {
  const { entriesMax, keepMs, clockMs = () => performance.now() } = options;
  const shelf = createShelf(entriesMax, clockMs);
  const slots: Slot[] = Array.from({ length: slotCount }, () => ({ generation: 0, writes: 0 }));
  const listSlot: Slot = { generation: 0, writes: 0 };
  const counted = { hits: 0, misses: 0, invalidations: 0 };
  const slotOf = (item: string | undefined) =>
    (item === undefined ? undefined : slots[Number(item) % slotCount]) ?? listSlot;

  function drop(item: string): void {
    counted.invalidations += 1;
    shelf.drop(item);
  }

  return {
    async read({ key, item }, load) {
      const kept = shelf.take(key);
      if (kept) {
        counted.hits += 1;
        return kept.value;
      }
      counted.misses += 1;
      const slot = slotOf(item);
      const { generation } = slot;
      const untilMs = clockMs() + keepMs;
      const value = await load();
      const isCurrent = slot.writes === 0 && slot.generation === generation;
      if (isCurrent) shelf.put(key, { value, item, untilMs });
      return value;
    },

    async write(item, work) {
      const slot = slotOf(item);
      slot.writes += 1;
      drop(item);
      try {
        return await work();
      } finally {
        slot.writes -= 1;
        slot.generation += 1;
      }
    },

    invalidate(item) {
      slotOf(item).generation += 1;
      drop(item);
    },

    counts: () => ({ ...counted, size: shelf.size() }),
  };
}
