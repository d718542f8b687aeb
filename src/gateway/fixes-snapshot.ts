import type { Filter } from './filter.ts';
import { dataOf } from './fix-event.ts';
import type { Log } from './log.ts';

export type FixesShown = {
  /** A field of the snapshot, in JSON. */
  field: Buffer;
  /** Where the log was. */
  shownTo: number;
};

const vehiclesMax = 1_000;
/** Who comes within this time is shown the same. */
const keepMs = 100;
const filtersMax = 20;

/** Where all vehicles are that a reader may see. */
export function createFixesSnapshots(log: Pick<Log, 'last' | 'newestFixes'>) {
  const shown = new Map<string, FixesShown & { untilMs: number }>();

  function take(filter: Filter): FixesShown {
    const data: string[] = [];
    for (const entry of [...log.newestFixes()].toReversed()) {
      // Who has left before has no place in a picture of what is there.
      if (filter.passes({ ...entry, placeBefore: undefined })) data.push(dataOf(entry.text));
      if (data.length === vehiclesMax) break;
    }
    return { field: Buffer.from(`"fixes":[${data.join(',')}]`), shownTo: log.last() };
  }

  return (filter: Filter): FixesShown => {
    const known = shown.get(filter.key);
    if (known && known.untilMs > performance.now()) return known;
    if (shown.size >= filtersMax) shown.clear();
    const taken = { ...take(filter), untilMs: performance.now() + keepMs };
    shown.set(filter.key, taken);
    return taken;
  };
}
