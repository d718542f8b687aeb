import type { Queryable, Statement } from '../platform/database.ts';

export type StockBacklog = { outboxSeconds: number; holdsSeconds: number };

// News is told in the order of its numbers, so the first is the oldest, and the index finds it.
const stockBacklog: Statement = {
  name: 'stockBacklog',
  text: `select
      coalesce((select greatest(extract(epoch from clock_timestamp() - at), 0)
        from catalog.outbox order by seq limit 1), 0)::float8 as "outboxSeconds",
      coalesce((select greatest(extract(epoch from clock_timestamp() - min(created_at)), 0)
        from catalog.holds), 0)::float8 as "holdsSeconds"`,
};

/** The SQL of what waits in catalog, and for how long. */
export function stockBacklogStore(database: Pick<Queryable, 'one'>) {
  return { oldest: () => database.one<StockBacklog>(stockBacklog) };
}
