import { violationsMax, type Violation } from '../platform/audit.ts';
import type { Database, Statement } from '../platform/database.ts';

export const catalogInvariants = ['K1', 'K2'] as const;

const holdSecondsDefault = 30;
/** After that long a batch should have been asked about, again and again. */
const askingSecondsMax = 60;

type WrongStock = { sku: number; subject: string; detail: string };
type Newest = { sku: number; who: string };

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
    ), wrong as (
      select sku, s.available, s.reserved, coalesce(reserved.quantity, 0) as promised,
        coalesce(moved.quantity, 0) as on_hand
      from catalog.stock s full join reserved using (sku) full join moved using (sku)
      where s.available is null or s.available < 0
        or s.reserved is distinct from coalesce(reserved.quantity, 0)
        or s.available + s.reserved is distinct from coalesce(moved.quantity, 0)
      order by sku limit $1::int
    )
    select sku, coalesce('product ' || p.id, 'sku ' || sku) as subject,
      format('available %s, reserved %s; active reservations %s, moves %s',
        coalesce(w.available::text, 'unknown'), coalesce(w.reserved::text, 'unknown'), w.promised,
        w.on_hand) as detail
    from wrong w left join catalog.products p using (sku)
    order by sku`,
};

const newestReservations: Statement = {
  name: 'newestReservations',
  text: `select held.sku, string_agg(held.who, ', ' order by held.n) as who
    from (
      select u.sku, case r.purpose when 'O' then 'order ' else 'hold ' end || r.order_id as who,
        row_number() over (partition by u.sku order by r.created_at desc, r.order_id) as n
      from catalog.reservations r, unnest(r.skus) u(sku)
      where r.state = 'A' and u.sku = any ($1::int[])
    ) held
    where held.n <= 5 group by held.sku`,
};

/** K2: no batch of orders waits for its verdict much longer than it takes to ask for it. */
const holdsWithoutVerdict: Statement = {
  name: 'holdsWithoutVerdict',
  text: `select 'K2' as invariant, 'batch ' || h.batch_id as subject,
      format('has waited for %s s; orders (%s): %s; products: %s',
        floor(extract(epoch from clock_timestamp() - h.created_at)), cardinality(h.order_ids),
        array_to_string(h.order_ids[1:5], ', '),
        coalesce(wanted.products, 'unknown')) as detail
    from catalog.holds h
    left join lateral (
      select string_agg(distinct p.id, ', ') as products
      from catalog.reservations r, unnest(r.skus) u(sku)
      join catalog.products p using (sku)
      where r.order_id = any (h.order_ids[1:5])
    ) wanted on true
    where h.created_at < clock_timestamp() - make_interval(secs => $2::int)
    order by h.created_at, h.batch_id limit $1::int`,
};

/** What contradicts the rules of stock, at any instant and under load: nothing, or there is a bug. */
export async function auditCatalog(
  database: Database,
  holdSeconds = holdSecondsDefault,
): Promise<Violation[]> {
  // One after the other: an audit is in no hurry, and takes one connection only.
  const stock = await wrongStock(database);
  const values = [violationsMax, holdSeconds + askingSecondsMax];
  return [...stock, ...(await database.rows<Violation>(holdsWithoutVerdict, values))];
}

async function wrongStock(database: Database): Promise<Violation[]> {
  const wrong = await database.rows<WrongStock>(stockThatDoesNotAddUp, [violationsMax]);
  if (wrong.length === 0) return [];
  const skus = wrong.map(({ sku }) => sku);
  // Only a help for whoever looks into it: without it, what is wrong must still be told.
  const newest = await database.rows<Newest>(newestReservations, [skus]).catch(() => undefined);
  const whoHas = new Map(newest?.map(({ sku, who }) => [sku, who]));
  const otherwise = newest ? 'none' : 'unknown';
  return wrong.map(({ sku, subject, detail }) => ({
    invariant: 'K1',
    subject,
    detail: `${detail}; newest: ${whoHas.get(sku) ?? otherwise}`,
  }));
}
