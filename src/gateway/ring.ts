type Limits = { itemsMax: number; bytesMax: number };

/** Knows the newest of what was put in, and for each place whether that is all since then. */
export function createRing<Item extends { bytes: number }>({ itemsMax, bytesMax }: Limits) {
  /** All that came after `base`, in order: an item's number is its place behind it. */
  const items: Item[] = [];
  let bytes = 0;
  let base = 0;

  return {
    add(item: Item): void {
      items.push(item);
      bytes += item.bytes;
      while (items.length > itemsMax || bytes > bytesMax) {
        bytes -= items.shift()?.bytes ?? 0;
        base += 1;
      }
    },

    /** The number of the newest. */
    last: () => base + items.length,

    /** All that came after this number; nothing at all, if some of it is forgotten or to come. */
    after(number: number): Item[] | undefined {
      if (number < base || number > base + items.length) return undefined;
      return items.slice(number - base);
    },

    /** Forgets everything, and that there is nothing to be missed: no earlier number is known. */
    forget(): void {
      base += items.length + 1;
      items.length = 0;
      bytes = 0;
    },
  };
}
