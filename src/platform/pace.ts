/** How long a newcomer to a batcher would wait, judged by how long the last flushes took. */
export type Pace = {
  /** A flush of so many begins; what comes back is for its end. */
  begin(size: number): () => void;
  /** How long until the turn of whoever comes behind so many items, and so many full batches. */
  waitMs(ahead: { items: number; batches: number }): number;
};

/** So much the last flush counts against all those before: a slow one is soon forgotten. */
const lastShare = 0.3;

export function createPace(inFlightMax: number, clockMs: () => number): Pace {
  let flushMs = 0;
  let itemMs = 0;
  let inFlight = 0;
  let itemsInFlight = 0;
  let movedAtMs = 0;

  return {
    begin(size) {
      const startedAtMs = clockMs();
      movedAtMs = startedAtMs;
      inFlight += 1;
      itemsInFlight += size;
      return () => {
        movedAtMs = clockMs();
        inFlight -= 1;
        itemsInFlight -= size;
        const tookMs = movedAtMs - startedAtMs;
        flushMs += (tookMs - flushMs) * lastShare;
        itemMs += (tookMs / size - itemMs) * lastShare;
      };
    },
    waitMs({ items, batches }) {
      // Whatever was measured: with a place free, the next batch goes at once.
      if (inFlight < inFlightMax) return 0;
      // Batches grow with what waits, and an item of a large one takes less time than one of a small
      // one: neither measure would be right alone.
      const byItemsMs = ((items + itemsInFlight) * itemMs) / inFlightMax;
      const byBatchesMs = ((batches + 1) * flushMs) / inFlightMax;
      // A flush that hangs shows in no measure until it ends.
      const lateMs = clockMs() - movedAtMs - flushMs;
      return Math.max(lateMs, Math.min(byItemsMs, byBatchesMs));
    },
  };
}
