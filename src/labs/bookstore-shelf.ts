export type Entry = { value: unknown; item: string | undefined; untilMs: number };

/** So many entries at most: those that nobody has asked for the longest go first. */
export function createShelf(entriesMax: number, clockMs: () => number) {
  const entries = new Map<string, Entry>();
  return {
    take(key: string): Entry | undefined {
      const entry = entries.get(key);
      entries.delete(key);
      if (!entry || entry.untilMs <= clockMs()) return undefined;
      entries.set(key, entry);
      return entry;
    },

    put(key: string, entry: Entry): void {
      entries.delete(key);
      entries.set(key, entry);
      if (entries.size > entriesMax) entries.delete(entries.keys().next().value as string);
    },

    drop(item: string): void {
      for (const [key, entry] of entries) if (entry.item === item) entries.delete(key);
    },

    size: () => entries.size,
  };
}
