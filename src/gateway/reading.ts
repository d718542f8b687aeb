import { chunkOf, type Chunk } from './chunk.ts';
import type { Filter } from './filter.ts';
import type { Entry, Shelf } from './shelf.ts';

export type Span = {
  from: number;
  upTo: number;
  /** Everything, as long as it is known; else of what came in between only the newest of each. */
  isExact: boolean;
};

type Shelves = { all: readonly Shelf[]; events: Shelf; isCurrent: (entry: Entry) => boolean };

/** So many events of the shop are told one by one, also to who was away. */
const fewMax = 256;
const fewBytesMax = 1024 * 1024;
/** So many are looked through at once. */
const lookMax = 5_000;

/** What comes next for a reader; nothing at all where too much of it is forgotten. */
export function readNext(
  { all, events, isCurrent }: Shelves,
  filter: Filter,
  span: Span,
): Chunk | undefined {
  const { from, upTo } = span;
  if (span.isExact && all.every((shelf) => shelf.isWholeSince(from))) {
    const { to, entries } = everything(all, span);
    const passing = entries.filter((entry) => filter.passes(entry) && isCurrent(entry));
    return chunkOf(passing, { to, isShortened: false });
  }
  if (!all.every((shelf) => shelf.knowsNewestSince(from))) return undefined;
  const found = all.map((shelf) =>
    shelf === events && isFew(shelf, from)
      ? { entries: shelf.after(from).filter(filter.passes), isShortened: false }
      : newestOnly(shelf, from, filter),
  );
  const parts = found.map(({ entries }) => entries.filter(isCurrent));
  const isShortened = found.some((part) => part.isShortened);
  return chunkOf(inOrder(parts, upTo), { to: upTo, isShortened });
}

/** All that came in between: at most so many, and then only as far as that is all. */
function everything(shelves: readonly Shelf[], { from, upTo }: Span) {
  const found = shelves.map((shelf) => shelf.after(from, lookMax));
  const ends = found.flatMap((part) => (part.length < lookMax ? [] : [part.at(-1)?.number ?? 0]));
  const to = Math.min(upTo, ...ends);
  return { to, entries: inOrder(found, to) };
}

function isFew(shelf: Shelf, from: number): boolean {
  if (!shelf.isWholeSince(from) || shelf.countAfter(from) > fewMax) return false;
  return shelf.after(from).reduce((sum, { bytes }) => sum + bytes, 0) <= fewBytesMax;
}

function newestOnly(shelf: Shelf, from: number, filter: Filter) {
  const newest = [...shelf.newest()].filter(({ number }) => number > from);
  const passes = filter.hasEdges ? hasPassed(shelf, from, filter) : filter.passes;
  const isShortened = shelf.countAfter(from) > newest.length;
  return { entries: newest.filter(passes), isShortened };
}

/** Which subjects have passed on the way; if that is forgotten, all that may have. */
function hasPassed(shelf: Shelf, from: number, filter: Filter): (entry: Entry) => boolean {
  if (!shelf.isWholeSince(from)) return filter.mayPass;
  const passed = shelf.after(from).filter(filter.passes);
  const keys = new Set(passed.map(({ key }) => key));
  return (entry) => keys.has(entry.key) && filter.mayPass(entry);
}

function inOrder(parts: readonly Entry[][], upTo: number): Entry[] {
  const entries = parts.flat().filter(({ number }) => number <= upTo);
  return parts.length > 1 ? entries.toSorted((a, b) => a.number - b.number) : entries;
}
