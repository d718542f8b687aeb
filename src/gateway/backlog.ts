/** Something that waits for its reader. */
export type Waiting = { key: string; text: string; bytes: number };

export type Backlog<Item extends Waiting> = {
  /** Goes out before everything that waits, and does not count. */
  putFirst: (texts: readonly string[]) => void;
  add: (item: Item) => void;
  keep: (passes: (item: Item) => boolean) => void;
  /** What goes out next: some texts together, or nothing. */
  take: () => string;
  isEmpty: () => boolean;
  isTooMuch: () => boolean;
  /** Leaves only the newest of each subject; says how many were left out. */
  shorten: () => number;
};

/** So much goes out at once, or one text that is longer. */
export const chunkChars = 16_384;

/** What is still to be said to one reader. */
export function createBacklog<Item extends Waiting>(limits: {
  itemsMax: number;
  bytesMax: number;
}): Backlog<Item> {
  let first: string[] = [];
  let items: Item[] = [];
  let bytes = 0;

  function set(wanted: Item[]): void {
    items = wanted;
    bytes = items.reduce((sum, item) => sum + item.bytes, 0);
  }

  return {
    putFirst: (texts) => {
      first = [...first, ...texts];
    },
    add: (item) => {
      items.push(item);
      bytes += item.bytes;
    },
    keep: (passes) => set(items.filter(passes)),
    take: () => {
      if (first.length > 0) return first.splice(0, countOfChunk(first)).join('');
      const taken = items.slice(0, countOfChunk(items.map(({ text }) => text)));
      set(items.slice(taken.length));
      return taken.map(({ text }) => text).join('');
    },
    isEmpty: () => first.length + items.length === 0,
    isTooMuch: () => items.length > limits.itemsMax || bytes > limits.bytesMax,
    shorten: () => {
      const before = items.length;
      // In the same order, without those that have a newer one behind them.
      const newest = new Map(items.map((item) => [item.key, item]));
      set(items.filter((item) => newest.get(item.key) === item));
      return before - items.length;
    },
  };
}

/** The first texts that together fill a chunk, and one at least. */
function countOfChunk(texts: readonly string[]): number {
  let chars = 0;
  const last = texts.findIndex((text) => {
    chars += text.length;
    return chars >= chunkChars;
  });
  return last === -1 ? texts.length : last + 1;
}
