import type { Database, Statement } from '../platform/database.ts';
import { orderColumns, type Letter, type OrderRow } from './order-row.ts';

export type Origin = { at: string; requestId: string; traceId: string };
export type Abort = Origin & { id: string; userId: string; key: string; by: string };

/** In one order, so that two of these never wait for each other in a ring. */
const voidAbsent: Statement = {
  name: 'voidAbsent',
  text: `insert into orders.orders (id, status, placed_at, request_id, trace_id)
    select id, 'V', $2::timestamptz, $3::text, $4::uuid
    from unnest($1::uuid[]) as asked (id) order by id
    on conflict (id) do nothing`,
};

const verdictsOn: Statement = {
  name: 'verdictsOn',
  text: `select id, status from orders.orders where id = any ($1::uuid[])`,
};

const voidKey: Statement = {
  name: 'voidKey',
  text: `insert into orders.orders
      (id, status, user_id, idem_key, placed_at, placed_by, request_id, trace_id)
    values ($1::uuid, 'V', $2::uuid, $3::text, $4::timestamptz, $5::uuid, $6::text, $7::uuid)
    on conflict (id) do nothing`,
};

const verdictRow: Statement = {
  name: 'verdictRow',
  text: `select ${orderColumns} from orders.orders where id = $1::uuid`,
};

/**
 * The SQL that asks what became of orders. It settles what is absent first: that waits for whoever
 * is about to insert the same row. The answer is a second statement, which sees what they have done.
 */
export function verdictStore(database: Database) {
  return {
    verdictsOn: async (ids: readonly string[], { at, requestId, traceId }: Origin) => {
      await database.rows(voidAbsent, [ids, at, requestId, traceId]);
      return database.rows<{ id: string; status: Letter }>(verdictsOn, [ids]);
    },

    rowUnder: async (abort: Abort): Promise<OrderRow | undefined> => {
      const { id, userId, key, at, by, requestId, traceId } = abort;
      await database.rows(voidKey, [id, userId, key, at, by, requestId, traceId]);
      return database.one<OrderRow>(verdictRow, [id]);
    },
  };
}
