import type { Database, Statement } from '../platform/database.ts';

export type Violation = { invariant: 'K1' | 'K2'; subject: string; detail: string };

const shownMax = 100;

/**
 * K1: what is on hand is what the ledger says, and what is reserved is what active reservations
 * say. One statement sees one instant, so it may run under load.
 */
const stockThatDoesNotAddUp: Statement = {
  name: 'stockThatDoesNotAddUp',
  text: `with reserved as (
      select u.sku, sum(u.quantity)::bigint as quantity
      from catalog.reservations r, unnest(r.skus, r.qtys) u(sku, quantity)
      where r.state = 'A' group by u.sku
    ), moved as (
      select sku, sum(delta)::bigint as quantity from catalog.stock_moves group by sku
    )
    select 'K1' as invariant, 'sku ' || sku as subject,
      format('available %s, reserved %s; active reservations %s, moves %s', s.available, s.reserved,
        coalesce(reserved.quantity, 0), coalesce(moved.quantity, 0)) as detail
    from catalog.stock s full join reserved using (sku) full join moved using (sku)
    where s.available is null or s.available < 0
      or s.reserved is distinct from coalesce(reserved.quantity, 0)
      or s.available + s.reserved is distinct from coalesce(moved.quantity, 0)
    order by sku limit $1::int`,
};

/** K2: no batch of orders waits for its verdict much longer than it takes to ask for it. */
const holdsWithoutVerdict: Statement = {
  name: 'holdsWithoutVerdict',
  text: `select 'K2' as invariant, 'batch ' || batch_id as subject,
      format('%s orders wait since %s', cardinality(order_ids), created_at) as detail
    from catalog.holds where created_at < clock_timestamp() - interval '90 s'
    order by created_at limit $1::int`,
};

/** What contradicts the rules of stock, at any instant and under load: nothing, or there is a bug. */
export async function auditCatalog(database: Database): Promise<Violation[]> {
  const found = await Promise.all(
    [stockThatDoesNotAddUp, holdsWithoutVerdict].map((rule) =>
      database.rows<Violation>(rule, [shownMax]),
    ),
  );
  return found.flat();
}
