import type { Database, Statement } from '../platform/database.ts';
import { orderColumns, type OrderRow } from './order-row.ts';

/** A verdict that is to be written, if nobody has written another one. */
export type NewOrder = {
  id: string;
  userId: string;
  key: string | undefined;
  fp: string;
  status: 'C' | 'J' | 'V';
  lines: unknown;
  totalCents: number | null;
  placedBy: string;
  requestId: string;
  traceId: string;
  /** Where the trace goes on, if it is recorded. */
  traceparent?: string | undefined;
};

export type Inserted = { id: string; number: number | null };

// Rows are inserted in the order of their ids, so that two batches with the same ids cannot lock each
// other out; their numbers rise in the order in which they came.
const insertOrders: Statement = {
  name: 'insertOrders',
  text: `with made as (
      insert into orders.orders (id, number, user_id, idem_key, fp, status, lines, total_cents,
        placed_at, placed_by, request_id, trace_id)
      select o.id, o.number, o.user_id, o.idem_key, o.fp, o.status, o.lines::json, o.total_cents,
        $11::timestamptz, o.placed_by, o.request_id, o.trace_id
      from (
        select u.*, case when u.status = 'C' then nextval('orders.numbers') end as number
        from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[], $5::"char"[], $6::text[],
            $7::bigint[], $8::uuid[], $9::text[], $10::uuid[])
          u(id, user_id, idem_key, fp, status, lines, total_cents, placed_by, request_id, trace_id)
      ) o
      order by o.id
      on conflict (id) do nothing
      returning id, number, status
    ), told as (
      insert into orders.outbox (kind, order_ids, at, traces)
      select 'placed', array_agg(id order by number), clock_timestamp(), $12::json
      from made where status = 'C' having count(*) > 0
    )
    select id, number from made`,
};

export const ordersById: Statement = {
  name: 'ordersById',
  text: `select ${orderColumns} from orders.orders where id = any ($1::uuid[])`,
};

/** The SQL of placing orders, many at a time. */
export function placeStore(database: Database) {
  return {
    /** Writes these verdicts and what is to be told of them; those that were there stay as they are. */
    insertOrders: (orders: readonly NewOrder[], at: string) =>
      database.rows<Inserted>(insertOrders, [
        orders.map(({ id }) => id),
        orders.map(({ userId }) => userId),
        orders.map(({ key }) => key ?? null),
        orders.map(({ fp }) => `\\x${fp}`),
        orders.map(({ status }) => status),
        orders.map(({ lines }) => (lines === null ? null : JSON.stringify(lines))),
        orders.map(({ totalCents }) => totalCents),
        orders.map(({ placedBy }) => placedBy),
        orders.map(({ requestId }) => requestId),
        orders.map(({ traceId }) => traceId),
        at,
        tracesOf(orders),
      ]),

    /** Whatever is there by now; a statement of its own, so that it sees what others have committed. */
    ordersById: (ids: readonly string[]) => database.rows<OrderRow>(ordersById, [ids]),
  };
}

type Recorded = Pick<NewOrder, 'id' | 'traceparent'>;

const isRecorded = ({ traceparent }: Recorded): boolean => traceparent !== undefined;

/** Where the traces of these orders go on, in JSON, if any of them is recorded. */
export function tracesOf(orders: readonly Recorded[]): string | null {
  const recorded = orders.filter(isRecorded).map(({ id, traceparent }) => [id, traceparent]);
  return recorded.length > 0 ? JSON.stringify(Object.fromEntries(recorded)) : null;
}
