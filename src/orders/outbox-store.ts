import type { Database, Queryable, Statement } from '../platform/database.ts';
import type { OrderedRow } from './order-row.ts';
import { ordersById } from './place-store.ts';

export type News = { seq: number; kind: 'placed' | 'cancelled' | 'fulfilled'; orderIds: string[] };

const takeNews: Statement = {
  name: 'takeNews',
  text: `select seq, kind, order_ids as "orderIds" from orders.outbox
    where $1::boolean or kind <> 'placed'
    order by seq limit $2::int for update skip locked`,
};

const dropNews: Statement = {
  name: 'dropNews',
  text: `delete from orders.outbox where seq = any ($1::bigint[])`,
};

// Whoever began to listen a moment ago has seen a snapshot, and must hear of what came after it.
const dropUnheard: Statement = {
  name: 'dropUnheard',
  text: `delete from orders.outbox where seq in (
      select seq from orders.outbox
      where kind = 'placed' and at < clock_timestamp() - interval '2 s'
      order by seq limit $1::int for update skip locked
    ) returning seq`,
};

/** The SQL of telling others what has become of orders. */
export function outboxStore(database: Database) {
  return {
    takeNews: (transaction: Queryable, { placedToo, max }: { placedToo: boolean; max: number }) =>
      transaction.rows<News>(takeNews, [placedToo, max]),

    dropNews: (transaction: Queryable, seqs: readonly number[]) =>
      transaction.rows(dropNews, [seqs]),

    dropUnheard: async (max: number) => (await database.rows(dropUnheard, [max])).length,

    /** Of what was once ordered, which is all that there is news of. */
    ordersOf: (transaction: Queryable, ids: readonly string[]) =>
      transaction.rows<OrderedRow>(ordersById, [ids]),
  };
}
