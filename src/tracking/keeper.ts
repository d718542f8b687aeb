import type { Database } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { repeat, type Repeated } from '../platform/repeat.ts';
import { dropOldDays } from './days.ts';
import { dropOldTasks } from './tasks.ts';

type Parts = { database: Database; fixDays: number; now: () => Date; log: Log };

const everyMs = 600_000;

/** Forgets what nobody may ask for any more: days of fixes, and tasks. */
export function openKeeper(parts: Parts): Repeated {
  const { database, now, log } = parts;

  async function round(): Promise<boolean> {
    const days = await dropOldDays(parts);
    const tasks = await dropOldTasks(database, now());
    if (days + tasks > 0) log.info({ days, tasks }, 'old days of fixes and old tasks dropped');
    return false;
  }

  return repeat({ name: 'keeper of tracking', everyMs, round, log });
}
