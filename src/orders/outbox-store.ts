import type { Database, Queryable, Statement } from '../platform/database.ts';
import type { OrderedRow } from './order-row.ts';
import { ordersById } from './place-store.ts';

export type News = {
  seq: number;
  kind: 'placed' | 'cancelled' | 'fulfilled';
  orderIds: string[];
  catalogTold: boolean;
  /** Where the traces of those orders go on that are recorded. */
  traces: Record<string, string> | null;
};

export type OutboxStore = ReturnType<typeof outboxStore>;

const takeNews: Statement = {
  name: 'takeNews',
  text: `select seq, kind, order_ids as "orderIds", catalog_told as "catalogTold", traces
    from orders.outbox
    where $1::boolean or kind <> 'placed'
    order by seq limit $2::int for update skip locked`,
};

const takeUntold: Statement = {
  name: 'takeUntold',
  text: `select seq, kind, order_ids as "orderIds", catalog_told as "catalogTold", traces
    from orders.outbox
    where kind <> 'placed' and not catalog_told
    order by seq limit $1::int for update skip locked`,
};

const noteTold: Statement = {
  name: 'noteTold',
  text: `update orders.outbox set catalog_told = true
    where seq = any ($1::bigint[]) and kind <> 'placed' and not catalog_told`,
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

// The oldest are looked at whatever they are, so that a long outbox is not read to its end.
const dropStale: Statement = {
  name: 'dropStale',
  text: `with oldest as (
      select seq, kind, at, catalog_told from orders.outbox
      order by seq limit $1::int for update skip locked
    )
    delete from orders.outbox where seq in (
      select seq from oldest
      where at < clock_timestamp() - make_interval(hours => $2::int)
        and (kind = 'placed' or catalog_told)
    ) returning seq`,
};

/** The SQL of telling others what has become of orders. */
export function outboxStore(database: Database) {
  return {
    takeNews: (transaction: Queryable, { placedToo, max }: { placedToo: boolean; max: number }) =>
      transaction.rows<News>(takeNews, [placedToo, max]),

    /** What catalog does not know yet, whether the bus knows it or not. */
    takeUntold: (transaction: Queryable, max: number) => transaction.rows<News>(takeUntold, [max]),

    noteTold: (transaction: Queryable, seqs: readonly number[]) =>
      transaction.rows(noteTold, [seqs]),

    dropNews: (transaction: Queryable, seqs: readonly number[]) =>
      transaction.rows(dropNews, [seqs]),

    dropUnheard: async (max: number) => (await database.rows(dropUnheard, [max])).length,

    /** What the bus has not taken for so long that nobody waits for it any more. */
    dropStale: async (max: number, hoursMax: number) =>
      (await database.rows(dropStale, [max, hoursMax])).length,

    /** Of what was once ordered, which is all that there is news of. */
    ordersOf: (transaction: Queryable, ids: readonly string[]) =>
      transaction.rows<OrderedRow>(ordersById, [ids]),
  };
}
