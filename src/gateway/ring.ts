type Numbered = { number: number; bytes: number };

type Parts<Item> = {
  itemsMax: number;
  bytesMax: number;
  onForgotten: (item: Item) => void;
};

/** So many empty places are kept at the head before the rest is worth a copy. */
const emptyMax = 1_024;

/** Knows the newest of what was put in, and from which number on that is all. */
export function createRing<Item extends Numbered>({
  itemsMax,
  bytesMax,
  onForgotten,
}: Parts<Item>) {
  let items: (Item | undefined)[] = [];
  let head = 0;
  let bytes = 0;
  let wholeSince = 0;

  function shift(): void {
    const oldest = items[head];
    if (!oldest) return;
    items[head] = undefined;
    head += 1;
    bytes -= oldest.bytes;
    wholeSince = oldest.number;
    onForgotten(oldest);
    if (head < emptyMax || head * 2 < items.length) return;
    items = items.slice(head);
    head = 0;
  }

  const placeAfter = (number: number) => findAfter(items, head, number);

  return {
    /** Its number must be higher than those of all before it. */
    add(item: Item): void {
      items.push(item);
      bytes += item.bytes;
      while (items.length - head > itemsMax || bytes > bytesMax) shift();
    },

    /** Whether nothing is forgotten that came after this number. */
    isWholeSince: (number: number) => number >= wholeSince,

    countAfter: (number: number) => items.length - placeAfter(number),

    /** What came after this number, the oldest first, and at most so many. */
    after: (number: number, countMax = Infinity): Item[] => {
      const place = placeAfter(number);
      return items.slice(place, place + countMax) as Item[];
    },

    /** Forgets everything, and whether there was anything until this number. */
    forget(number: number): void {
      items = [];
      head = 0;
      bytes = 0;
      wholeSince = number;
    },
  };
}

/** Where the first item is that has a higher number. */
function findAfter(items: readonly (Numbered | undefined)[], head: number, number: number): number {
  let low = head;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle]?.number ?? 0) > number) high = middle;
    else low = middle + 1;
  }
  return low;
}
