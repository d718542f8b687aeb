import type { Database, Statement } from '../platform/database.ts';
import { orderColumns, type OrderedRow } from './order-row.ts';
import { tracesOf } from './place-store.ts';

export type Closing = {
  id: string;
  status: 'X' | 'F';
  at: string;
  by: string;
  requestId: string;
  traceId: string;
  traceparent?: string | undefined;
};

/** Clocks of replicas differ, and yet no order is closed before it was placed. */
const closeOrder: Statement = {
  name: 'closeOrder',
  text: `with closed as (
      update orders.orders
      set status = $2::"char", closed_at = greatest(placed_at, $3::timestamptz),
        closed_by = $4::uuid, closed_request = $5::text, closed_trace = $6::uuid
      where id = $1::uuid and status = 'C'
      returning ${orderColumns}
    ), told as (
      insert into orders.outbox (kind, order_ids, at, traces)
      select case status when 'X' then 'cancelled' else 'fulfilled' end, array[id],
        clock_timestamp(), $7::json
      from closed
    )
    select * from closed`,
};

/** The SQL that closes orders. */
export function closeStore(database: Database) {
  return {
    /** The order as it is now, or nothing if it was not open any more. */
    close: (closing: Closing) => {
      const { id, status, at, by, requestId, traceId } = closing;
      const values = [id, status, at, by, requestId, traceId, tracesOf([closing])];
      return database.one<OrderedRow>(closeOrder, values);
    },
  };
}
