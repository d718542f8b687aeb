import type { Database } from '../platform/database.ts';
import { dayStore } from './day-store.ts';
import type { Reading } from './fix-store.ts';

const dayMs = 86_400_000;
/** Such as `2026-11-20`. */
const nameOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Sees to it that there is room for the days of fixes, and asks about each day only once. */
export function createDays(database: Database) {
  const { makeDay } = dayStore(database);
  const ready = new Set<number>();

  return {
    async make(readings: readonly Reading[]): Promise<void> {
      const days = new Set(readings.map(({ atMs }) => Math.floor(atMs / dayMs)));
      await Promise.all(
        [...days.difference(ready)].map(async (day) => {
          await makeDay(nameOf(day * dayMs));
          ready.add(day);
        }),
      );
    },

    /** Somebody may have dropped a day since. */
    forget: (): void => ready.clear(),
  };
}

type Keeping = { database: Database; fixDays: number; now: () => Date };

/** A day goes when its last fix is too old to be taken; says how many went. */
export async function dropOldDays({ database, fixDays, now }: Keeping): Promise<number> {
  return dayStore(database).dropDays(nameOf(now().getTime() - fixDays * dayMs));
}
