import { remember } from '../platform/remember.ts';
import type { Chunk } from './chunk.ts';
import type { Filter } from './filter.ts';
import { readNext, type Span } from './reading.ts';
import { createShelf, type Entry, type Heard, type Shelf, type ShelfLimits } from './shelf.ts';
import type { Topic } from './stream-api.ts';

export type LogLimits = { events: ShelfLimits; fixes: ShelfLimits };

export const logLimits: LogLimits = {
  events: { itemsMax: 5_000, bytesMax: 8 * 1024 * 1024 },
  fixes: { itemsMax: 100_000, bytesMax: 32 * 1024 * 1024 },
};

export type Log = ReturnType<typeof createLog>;

/** What an entry takes besides its text. */
const entryBytes = 300;
/** Together no more than a few MiB. */
const memoMax = 64;
const shownMax = 20_000;
/** An event can be so late that a snapshot has shown what became of it. */
const shownKeepMs = 600_000;

/**
 * What was heard, once for all readers: each only knows how far it has read. Fixes are many and
 * short-lived, so they have a shelf of their own, and cannot push out what the shop has to say.
 */
export function createLog(given: Partial<LogLimits> = {}) {
  const limits = { ...logLimits, ...given };
  const events = createShelf({ ...limits.events, keepsNewest: false });
  const fixes = createShelf({ ...limits.fixes, keepsNewest: true });
  const chunks = new Map<string, Chunk | undefined>();
  const shown = remember<number>(shownMax);
  let last = 0;

  const shelfOf = (topic: Topic): Shelf => (topic === 'fixes' ? fixes : events);
  const shelvesOf = (topics: ReadonlySet<Topic>) => [...new Set([...topics].map(shelfOf))];
  /** What a snapshot has shown is not taken back by older events that come late. */
  const isCurrent = ({ topic, key, sequence }: Entry): boolean =>
    topic === 'fixes' || sequence >= (shown.get(key) ?? -Infinity);

  return {
    last: () => last,
    newestFix: fixes.newestOf,
    newestFixes: fixes.newest,

    /** Puts it in if it is news; how it is told depends on its number. */
    add(heard: Heard, textOf: (number: number) => string): boolean {
      const shelf = shelfOf(heard.topic);
      if (!shelf.isNews(heard)) return false;
      last += 1;
      const text = textOf(last);
      shelf.add({ ...heard, number: last, text, bytes: Buffer.byteLength(text) + entryBytes });
      chunks.clear();
      return true;
    },

    /** Whether all that came after this number is known. */
    isWholeSince: (number: number, topics: ReadonlySet<Topic>): boolean =>
      number <= last && shelvesOf(topics).every((shelf) => shelf.isWholeSince(number)),

    /** Whether events might be forgotten before they are told, if nobody told them now. */
    isUrgent: (told: number): boolean => events.countAfter(told) * 2 >= limits.events.itemsMax,

    /** Whether at least the newest of each of what came after this number is known. */
    isReadable: (number: number, topics: ReadonlySet<Topic>): boolean =>
      shelvesOf(topics).every((shelf) => shelf.knowsNewestSince(number)),

    /** The same for all who read the same from the same place. */
    read(filter: Filter, span: Span): Chunk | undefined {
      const key = `${span.from} ${span.upTo} ${span.isExact} ${filter.key}`;
      if (chunks.has(key)) return chunks.get(key);
      const chunk = readNext({ all: shelvesOf(filter.topics), events, isCurrent }, filter, span);
      if (chunks.size >= memoMax) chunks.clear();
      chunks.set(key, chunk);
      return chunk;
    },

    /** A snapshot shows this thing in this version. */
    onShown: (key: string, version: number): void => {
      // Nothing is older than the first version.
      if (!(version > Math.max(1, shown.get(key) ?? 1))) return;
      shown.set(key, version, shownKeepMs);
      chunks.clear();
    },

    /** Nothing that comes from now on follows what was there before. */
    forget(topic: Topic): void {
      last += 1;
      shelfOf(topic).forget(last);
      chunks.clear();
    },
  };
}

/** Everything in between that concerns a reader; nothing at all where some of it is forgotten. */
export function readAll(
  log: Pick<Log, 'read'>,
  filter: Filter,
  { from, upTo }: Pick<Span, 'from' | 'upTo'>,
): Chunk[] | undefined {
  const chunks: Chunk[] = [];
  let at = from;
  while (at < upTo) {
    const chunk = log.read(filter, { from: at, upTo, isExact: true });
    if (!chunk) return undefined;
    if (chunk.bytes) chunks.push(chunk);
    at = chunk.to;
  }
  return chunks;
}
