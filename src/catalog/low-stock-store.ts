import type { Database, Queryable, Statement } from '../platform/database.ts';

export type LowStock = {
  productId: string;
  title: string;
  available: number;
  lowAt: number;
  version: number;
};

/** That stock has become low, as it was then. */
export type LowNews = LowStock & { seq: number; at: string; traceparent: string | null };

// There is no index on what is available, or every order would have to keep it up to date.
const lowestStock: Statement = {
  name: 'lowestStock',
  text: `select p.id as "productId", p.title, s.available, s.low_at as "lowAt", s.ver as version
    from catalog.stock s join catalog.products p on p.sku = s.sku
    where s.available < s.low_at
    order by s.available, p.id limit $1::int`,
};

const takeLowNews: Statement = {
  name: 'takeLowNews',
  text: `with taken as (
      select o.seq, o.sku, o.available, o.ver, o.at, o.traceparent
      from catalog.outbox o order by o.seq limit $1::int for update skip locked
    )
    select t.seq, p.id as "productId", p.title, t.available, s.low_at as "lowAt",
      t.ver as version, t.at, t.traceparent
    from taken t
    join catalog.products p on p.sku = t.sku
    join catalog.stock s on s.sku = t.sku
    order by t.seq`,
};

const dropLowNews: Statement = {
  name: 'dropLowNews',
  text: `delete from catalog.outbox where seq = any ($1::bigint[])`,
};

/** The SQL of stock that runs low. */
export function lowStockStore(database: Database) {
  return {
    lowest: (limit: number) => database.rows<LowStock>(lowestStock, [limit]),

    take: (transaction: Queryable, max: number) => transaction.rows<LowNews>(takeLowNews, [max]),

    drop: (transaction: Queryable, seqs: readonly number[]) =>
      transaction.rows(dropLowNews, [seqs]),
  };
}
