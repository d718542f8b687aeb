import type { Database, Statement } from '../platform/database.ts';

export type ConfirmedOrder = { id: string; number: number; lines: unknown; totalCents: number };
export type OrderStanding = {
  id: string;
  status: string;
  /** What has become of it may not have reached catalog. */
  isNews: boolean;
};

const confirmedAfter: Statement = {
  name: 'confirmedAfter',
  text: `select id, number, lines, total_cents as "totalCents" from orders.orders
    where status = 'C' and number > $1::bigint order by number limit $2::int`,
};

const standingsOf: Statement = {
  name: 'standingsOf',
  text: `select id, status,
      exists (select from orders.outbox where kind <> 'placed' and id = any (order_ids)) as "isNews"
    from orders.orders where id = any ($1::uuid[])`,
};

const countForAudit: Statement = {
  name: 'countForAudit',
  text: `select count(idem_key) as keys, count(number) as orders,
      (select count(*) from orders.outbox) as news
    from orders.orders`,
};

/** What the audit across services asks orders. */
export function orderAuditStore(database: Database) {
  return {
    confirmedAfter: (number: number, limit: number) =>
      database.rows<ConfirmedOrder>(confirmedAfter, [number, limit]),

    standingsOf: (ids: readonly string[]) => database.rows<OrderStanding>(standingsOf, [ids]),

    counts: async () =>
      (await database.one(countForAudit)) as { keys: number; orders: number; news: number },
  };
}
