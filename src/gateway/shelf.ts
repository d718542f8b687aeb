import { remember } from '../platform/remember.ts';
import type { Place } from './box.ts';
import { createRing } from './ring.ts';
import type { Topic } from './stream-api.ts';

/** Something that was heard. */
export type Heard = {
  topic: Topic;
  /** What it is about, across topics; with `sequence` it says whether it is news. */
  key: string;
  sequence: number;
  /** Whose it is, if it is somebody's. */
  ownerId?: string | undefined;
  place?: Place;
  /** Where it was before, as far as we know. */
  placeBefore?: Place | undefined;
};

/** The same with its place in the log, and as it is sent: all readers share it. */
export type Entry = Heard & { number: number; text: string; bytes: number };

export type ShelfLimits = { itemsMax: number; bytesMax: number };

type Parts = ShelfLimits & {
  /** Whether the newest of each subject stays when it is older than all that is kept. */
  keepsNewest: boolean;
};

export type Shelf = ReturnType<typeof createShelf>;

const subjectsMax = 20_000;
const subjectKeepMs = 3_600_000;

/** The log of one kind of news: the last of them, and which is the newest of each subject. */
export function createShelf({ keepsNewest, ...limits }: Parts) {
  const lastSequence = remember<number>(subjectsMax);
  /** In the order of their numbers. */
  const newest = new Map<string, Entry>();
  /** The number of the last of which nobody here can say any more what became of its subject. */
  let lostTo = 0;
  const ring = createRing<Entry>({ ...limits, onForgotten });

  function onForgotten(entry: Entry): void {
    if (!keepsNewest && newest.get(entry.key) === entry) lose(entry);
  }

  function lose({ key, number }: Entry): void {
    newest.delete(key);
    lostTo = Math.max(lostTo, number);
  }

  return {
    /** No for what has no readable sequence, too: nobody could say of it whether it is news. */
    isNews: ({ key, sequence }: Pick<Heard, 'key' | 'sequence'>) =>
      sequence > (lastSequence.get(key) ?? -Infinity),

    add(entry: Entry): void {
      lastSequence.set(entry.key, entry.sequence, subjectKeepMs);
      newest.delete(entry.key);
      newest.set(entry.key, entry);
      const [oldest] = newest.size > subjectsMax ? newest.values() : [];
      if (oldest) lose(oldest);
      ring.add(entry);
    },

    newestOf: (key: string) => newest.get(key),
    newest: () => newest.values(),
    after: ring.after,
    countAfter: ring.countAfter,
    isWholeSince: ring.isWholeSince,
    /** Whether the newest of each subject of which anything came after this number is known. */
    knowsNewestSince: (number: number) => number >= lostTo,

    /** What comes from here on has nothing to do with what came before. */
    forget(number: number): void {
      ring.forget(number);
      newest.clear();
      lostTo = number;
    },
  };
}
