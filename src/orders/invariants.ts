import { violationsMax, type Violation } from '../platform/audit.ts';
import { isBadValue, type Database, type Statement } from '../platform/database.ts';

export const orderInvariants = ['K2', 'O1', 'O2'] as const;

/** Orders whose totals are added up in one statement; even with 100 lines each that is a second. */
const pageRows = 10_000;
/** Keys that one statement compares in a fraction of a second. */
const sliceRows = 250_000;

type Page = { last: number | null; violations: Violation[] };

/** K2: whatever has ended is told to catalog soon; others hear of it when the bus lets them. */
const untold: Statement = {
  name: 'untold',
  text: `select 'K2' as invariant, 'outbox ' || seq as subject,
      format('%s, and nobody was told for %s s; orders (%s): %s', kind,
        floor(extract(epoch from clock_timestamp() - at)), cardinality(order_ids),
        array_to_string(order_ids[1:5], ', ')) as detail
    from orders.outbox
    where kind <> 'placed' and not catalog_told and at < clock_timestamp() - interval '60 s'
    order by seq limit $1::int`,
};

const guessOrders: Statement = {
  name: 'guessOrders',
  text: `select greatest(reltuples, 0)::bigint as count from pg_class
    where oid = 'orders.orders'::regclass`,
};

/**
 * O1: one user has one order under one key. A slice has some users, with all that is theirs. Which
 * orders these are is looked for only when something is wrong.
 */
const sharedKeys: Statement = {
  name: 'sharedKeys',
  text: `with shared as materialized (
      select user_id, idem_key collate "C" as key
      from orders.orders
      where idem_key is not null
        and ($2::int = 1 or abs(hashtext(user_id::text)::bigint) % $2::int = $3::int)
      group by user_id, idem_key collate "C" having count(*) > 1
      limit $1::int
    ), sharing as (
      select o.user_id, o.idem_key, format('order %s (%s, products %s)', o.id, o.status,
          coalesce(wanted.products, 'none')) as told,
        row_number() over (partition by o.user_id, o.idem_key order by o.number, o.id) as n
      from orders.orders o left join lateral (
        select string_agg(line ->> 'productId', ', ') as products
        from json_array_elements(case json_typeof(o.lines) when 'array' then o.lines end) line
      ) wanted on true
      where exists (select from shared)
        and (o.user_id, o.idem_key collate "C") in (select user_id, key from shared)
    )
    select 'O1' as invariant, 'user ' || user_id as subject,
      format('%s orders under one key: %s', count(*),
        string_agg(told, ', ' order by n) filter (where n <= 5)) as detail
    from sharing group by user_id, idem_key order by user_id, idem_key`,
};

/** O2: what was ordered is complete. */
const incomplete: Statement = {
  name: 'incomplete',
  text: `select 'O2' as invariant, 'order ' || o.id as subject,
      format('ORD%s (%s) lacks %s; products %s', coalesce(lpad(number::text,
          greatest(4, length(number::text)), '0'), '?'), status,
        concat_ws(', ', case when number is null then 'number' end,
          case when user_id is null then 'user' end, case when fp is null then 'fp' end,
          case when lines is null then 'lines' end,
          case when total_cents is null then 'total' end),
        coalesce(wanted.products, 'unknown')) as detail
    from orders.orders o left join lateral (
      select string_agg(line ->> 'productId', ', ') as products
      from json_array_elements(case json_typeof(o.lines) when 'array' then o.lines end) line
    ) wanted on true
    where status in ('C', 'X', 'F') and (number is null or user_id is null or fp is null
      or lines is null or total_cents is null)
    limit $1::int`,
};

/**
 * O2: an order costs what its lines cost. The quick way of adding up fails when a line is no line;
 * the other one, which takes twice as long, then says in which order that is.
 */
const totalsPage = (name: string, cents: string): Statement => ({
  name,
  text: `with page as (
      select id, number, status, lines, total_cents from orders.orders
      where number > $1::bigint order by number limit $2::int
    ), wrong as materialized (
      select page.*, cost.cents
      from page cross join lateral (${cents}) cost
      where lines is not null and total_cents is distinct from cost.cents
      order by number limit $3::int
    ), told as (
      select json_build_object('invariant', 'O2', 'subject', 'order ' || id, 'detail',
        format('ORD%s (%s) total %s, its lines cost %s: %s',
          lpad(number::text, greatest(4, length(number::text)), '0'), status,
          coalesce(total_cents::text, 'none'), coalesce(cents::text, 'nobody knows what'),
          coalesce(wanted.lines, wrong.lines::text))) as violation
      from wrong left join lateral (
        select string_agg(concat(line ->> 'quantity', ' × ', line ->> 'productId', ' at ',
          line ->> 'unitPriceCents'), ', ') as lines
        from json_array_elements(case json_typeof(wrong.lines) when 'array' then wrong.lines end) line
      ) wanted on true
    )
    select (
        select max(number) from (
          select number from orders.orders
          where number > $1::bigint order by number limit $2::int
        ) numbers
      ) as last,
      coalesce((select json_agg(violation) from told), '[]') as violations`,
});

const totals = totalsPage(
  'totals',
  `select sum(l.quantity * l."unitPriceCents") as cents
    from json_to_recordset(lines) l(quantity bigint, "unitPriceCents" bigint)`,
);

const totalsOfOddLines = totalsPage(
  'totalsOfOddLines',
  `select case when bool_and(line.is_whole)
      then sum(case when line.is_whole then line.quantity::numeric * line.price::numeric end)
      end as cents
    from (
      select e ->> 'quantity' as quantity, e ->> 'unitPriceCents' as price,
        coalesce(e ->> 'quantity' ~ '^\\d{1,18}$' and e ->> 'unitPriceCents' ~ '^\\d{1,18}$', false)
          as is_whole
      from json_array_elements(case json_typeof(lines) when 'array' then lines end) e
    ) line`,
);

/**
 * What contradicts the rules of orders, under load: nothing, or there is a bug. All orders are
 * looked at, by many short statements one after the other.
 */
export async function auditOrders(database: Database, closing?: AbortSignal): Promise<Violation[]> {
  return [
    ...(await database.rows<Violation>(untold, [violationsMax])),
    ...(await ordersUnderOneKey(database, closing)),
    ...(await database.rows<Violation>(incomplete, [violationsMax])),
    ...(await wrongTotals(database, closing)),
  ];
}

async function ordersUnderOneKey(database: Database, closing?: AbortSignal): Promise<Violation[]> {
  const guess = await database.one<{ count: number }>(guessOrders);
  const slices = Math.ceil(((guess?.count ?? 0) + 1) / sliceRows);
  const found: Violation[] = [];
  for (let slice = 0; slice < slices; slice += 1) {
    if (closing?.aborted) break;
    const values = [violationsMax, slices, slice];
    // oxlint-disable-next-line no-await-in-loop -- an audit takes one connection, for short times
    found.push(...(await database.rows<Violation>(sharedKeys, values)));
  }
  return found.slice(0, violationsMax);
}

async function wrongTotals(database: Database, closing?: AbortSignal): Promise<Violation[]> {
  const found: Violation[] = [];
  let after: number | null = 0;
  while (after !== null && found.length < violationsMax) {
    if (closing?.aborted) break;
    // oxlint-disable-next-line no-await-in-loop -- an audit takes one connection, for short times
    const page: Page = await totalsAfter(database, after);
    found.push(...page.violations);
    after = page.last;
  }
  return found.slice(0, violationsMax);
}

async function totalsAfter(database: Database, after: number): Promise<Page> {
  const values = [after, pageRows, violationsMax];
  const page = await database.rows<Page>(totals, values).catch((error: unknown) => {
    if (!isBadValue(error)) throw error;
    return database.rows<Page>(totalsOfOddLines, values);
  });
  return page[0] ?? { last: null, violations: [] };
}
