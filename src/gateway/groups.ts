import type { Filter } from './filter.ts';
import type { Reader } from './reader.ts';

export type Groups = ReturnType<typeof createGroups>;

/** Readers who are told the same, together. */
export function createGroups() {
  const groups = new Map<string, { filter: Filter; readers: Set<Reader> }>();

  return {
    all: () => groups.values(),

    add(reader: Reader): void {
      const { filter } = reader;
      const group = groups.get(filter.key) ?? { filter, readers: new Set() };
      groups.set(filter.key, group);
      // One filter serves them all.
      reader.filter = group.filter;
      group.readers.add(reader);
    },

    remove(reader: Reader): void {
      const { key } = reader.filter;
      const group = groups.get(key);
      if (group?.readers.delete(reader) && group.readers.size === 0) groups.delete(key);
    },
  };
}
