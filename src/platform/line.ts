type Weighed = { weight: number };

type Batch<T> = { sizeMax: number; weightMax: number; isWanted: (item: T) => boolean };

/** A queue whose head leaves in batches, in constant time for each item however long it is. */
export type Line<T> = {
  size(): number;
  weight(): number;
  push(item: T): void;
  /** Of those at the head that are wanted, as many as fit; one alone always does. */
  take(batch: Batch<T>): T[];
};

/** So many empty places are kept at the head before the rest is worth a copy. */
const emptyMax = 1_024;

export function line<T extends Weighed>(): Line<T> {
  let items: (T | undefined)[] = [];
  let head = 0;
  let weightWaiting = 0;

  function shift(): void {
    weightWaiting -= items[head]?.weight ?? 0;
    // What has left must not be kept alive by its place.
    items[head] = undefined;
    head += 1;
    if (head < emptyMax || head * 2 < items.length) return;
    // The copy moves no more than what has left since the one before.
    items = items.slice(head);
    head = 0;
  }

  return {
    size: () => items.length - head,
    weight: () => weightWaiting,
    push(item) {
      items.push(item);
      weightWaiting += item.weight;
    },
    take({ sizeMax, weightMax, isWanted }) {
      const batch: T[] = [];
      let weight = 0;
      let next = items[head];
      while (next && batch.length < sizeMax) {
        if (batch.length > 0 && weight + next.weight > weightMax) break;
        shift();
        if (isWanted(next)) {
          batch.push(next);
          weight += next.weight;
        }
        next = items[head];
      }
      return batch;
    },
  };
}
