import type { Database, Statement } from '../platform/database.ts';
import type { StockMove } from './api.ts';
import type { Actor } from './staff.ts';

export type NewMove = {
  id: string;
  productId: string;
  delta: number;
  reason: 'restock' | 'correction';
  note: string | null;
  fp: Buffer;
  at: string;
  actor: Actor;
};

/** A move as a row: what is absent is null. */
export type MoveRow = Omit<StockMove, 'note' | 'byUserId'> & {
  note: string | null;
  byUserId: string | null;
  seq: number;
};

/** What the product had, and what it has if the move was made. */
type Attempt = { available: number; availableAfter: number | null };

const moveColumns = `m.move_id as id, p.id as "productId", m.delta, m.reason, m.note,
  m.available_after as "availableAfter", m.at, m.by_user as "byUserId", m.seq`;

// One round trip holds the stock row, so whoever stalls on the way never holds it. The first step
// waits for the row and sees it as it then is; a key that was used makes the second step do nothing,
// and so also the third. That one writes what the first has seen: sums of its own it would begin with
// the row as it was before the wait, and constraints are checked on these.
const moveStock: Statement = {
  name: 'moveStock',
  text: `with held as materialized (
      select s.sku, s.available, s.ver
      from catalog.stock s
      where s.sku = (select sku from catalog.products where id = $2::text)
      for no key update
    ), moved as (
      insert into catalog.stock_moves (move_id, sku, delta, reason, note, available_after, fp, at,
        by_user, request_id, trace_id)
      select $1::uuid, sku, $3::bigint, $4::text, $5::text, available + $3::bigint, $6::bytea,
        $7::timestamptz, $8::uuid, $9::text, $10::text
      from held where available + $3::bigint >= 0
      on conflict (move_id) do nothing
      returning sku, available_after
    ), changed as (
      update catalog.stock s
      set available = moved.available_after, ver = held.ver + 1, updated_at = $7::timestamptz
      from moved join held on held.sku = moved.sku
      where s.sku = moved.sku
    )
    select held.available, moved.available_after as "availableAfter"
    from held left join moved on true`,
};

const moveById: Statement = {
  name: 'moveById',
  text: `select m.fp = $2::bytea as "sameBody", ${moveColumns}
    from catalog.stock_moves m join catalog.products p on p.sku = m.sku
    where m.move_id = $1::uuid`,
};

// An unknown product gives no row, and one without moves a row of nulls.
const movesOfProduct: Statement = {
  name: 'movesOfProduct',
  text: `select ${moveColumns}
    from catalog.products p
    left join lateral (
      select * from catalog.stock_moves m
      where m.sku = p.sku and m.seq < coalesce($2::bigint, 9223372036854775807)
      order by m.seq desc limit $3::int
    ) m on true
    where p.id = $1::text
    order by m.seq desc`,
};

/** The SQL of the stock ledger. */
export function stockStore(database: Database) {
  return {
    /** Nothing, if there is no such product; no `availableAfter`, if nothing was moved. */
    moveStock: ({ id, productId, delta, reason, note, fp, at, actor }: NewMove) => {
      const move = [id, productId, delta, reason, note, fp, at];
      const origin = [actor.userId, actor.requestId, actor.traceId];
      return database.one<Attempt>(moveStock, [...move, ...origin]);
    },

    /** What a request has moved before, and whether it asked for the same. */
    moveById: (id: string, fp: Buffer) =>
      database.one<MoveRow & { sameBody: boolean }>(moveById, [id, fp]),

    /** Newest first, older than `before`; nothing at all, if there is no such product. */
    movesOfProduct: async (productId: string, before: number | null, limit: number) => {
      const rows = await database.rows<MoveRow>(movesOfProduct, [productId, before, limit]);
      return rows.length === 0 ? undefined : rows.filter(({ seq }) => seq !== null);
    },
  };
}
