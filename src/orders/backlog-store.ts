import type { Queryable, Statement } from '../platform/database.ts';

export type OrderBacklog = { outboxSeconds: number };

// News is told in the order of its numbers, so the first is the oldest, and the index finds it.
const orderBacklog: Statement = {
  name: 'orderBacklog',
  text: `select
      coalesce((select greatest(extract(epoch from clock_timestamp() - at), 0)
        from orders.outbox order by seq limit 1), 0)::float8 as "outboxSeconds"`,
};

/** The SQL of what waits in orders, and for how long. */
export function orderBacklogStore(database: Pick<Queryable, 'one'>) {
  return { oldest: () => database.one<OrderBacklog>(orderBacklog) };
}
