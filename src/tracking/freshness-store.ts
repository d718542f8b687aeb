import type { Queryable, Statement } from '../platform/database.ts';

export type Freshness = { fresh: number; stale: number };

/** A vehicle that has never said where it is has no row, and is neither. */
const freshness: Statement = {
  name: 'freshness',
  text: `select count(*) filter (where not is_stale) as fresh,
      count(*) filter (where is_stale) as stale
    from (
      select at < clock_timestamp() - make_interval(secs => $1::int) as is_stale
      from tracking.states
    ) states`,
};

/** The SQL of how many vehicles say where they are. */
export function freshnessStore(database: Pick<Queryable, 'one'>) {
  return { count: (staleSeconds: number) => database.one<Freshness>(freshness, [staleSeconds]) };
}
