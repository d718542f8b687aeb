import type { Database, Statement } from '../platform/database.ts';

const makeDay: Statement = { name: 'makeDay', text: 'select tracking.make_day($1::date)' };

const dropDays: Statement = {
  name: 'dropDays',
  text: 'select tracking.drop_days($1::date) as dropped',
};

/** The SQL of days, each such as `2026-11-20`. */
export function dayStore(database: Database) {
  return {
    /** Makes room for the fixes of a day. */
    makeDay: (day: string) => database.rows(makeDay, [day]),

    /** Drops the days before this one; says how many. */
    dropDays: async (before: string) =>
      (await database.one<{ dropped: number }>(dropDays, [before]))?.dropped ?? 0,
  };
}
