import type { Database, Statement } from '../platform/database.ts';
import { orderColumns, type Letter, type OrderedRow, type OrderRow } from './order-row.ts';

/** A row with the origin of its two steps. */
export type TracedRow = OrderRow & {
  placedBy: string | null;
  requestId: string;
  traceId: string;
  closedBy: string | null;
  closedRequest: string | null;
  closedTrace: string | null;
};

export type OrderPage = {
  userId: string | undefined;
  status: Letter | undefined;
  productId: string | undefined;
  placedFrom: string | undefined;
  placedBefore: string | undefined;
  /** Only what has a lower number. */
  below: number;
  limit: number;
};

/** `isEdge`: so far was looked, and whether this row is meant is for the next page to say. */
export type ListedRow = OrderedRow & { isEdge: boolean };

/** Some filters have no index, so this is how many rows one page looks through. */
export const lookedThroughMax = 20_000;

const tracedColumns = `${orderColumns}, placed_by as "placedBy", request_id as "requestId",
  trace_id as "traceId", closed_by as "closedBy", closed_request as "closedRequest",
  closed_trace as "closedTrace"`;

const orderById: Statement = {
  name: 'orderById',
  text: `select ${tracedColumns} from orders.orders where id = $1::uuid`,
};

const orderByNumber: Statement = {
  name: 'orderByNumber',
  text: `select ${tracedColumns} from orders.orders where number = $1::bigint`,
};

/** To look for the text first spares almost all rows from being parsed. */
const isMeant = `($2::"char" is null or status = $2::"char")
      and ($3::text is null or (strpos(lines::text, '"' || $3::text || '"') > 0
        and lines::jsonb @> jsonb_build_array(jsonb_build_object('productId', $3::text))))
      and ($4::timestamptz is null or placed_at >= $4::timestamptz)
      and ($5::timestamptz is null or placed_at < $5::timestamptz)`;

const ordersOfAll: Statement = {
  name: 'ordersOfAll',
  text: `select ${orderColumns}, place > ${lookedThroughMax} as "isEdge"
    from (select *, row_number() over (order by number desc) as place
      from orders.orders where number < $1::bigint
      order by number desc limit ${lookedThroughMax + 1}) looked
    where place > ${lookedThroughMax} or (${isMeant})
    order by number desc limit $6::int`,
};

const ordersOfUser: Statement = {
  name: 'ordersOfUser',
  text: `select ${orderColumns}, place > ${lookedThroughMax} as "isEdge"
    from (select *, row_number() over (order by number desc) as place
      from orders.orders where user_id = $7::uuid and number < $1::bigint
      order by number desc limit ${lookedThroughMax + 1}) looked
    where place > ${lookedThroughMax} or (${isMeant})
    order by number desc limit $6::int`,
};

/** The SQL that reads orders. */
export function readStore(database: Database) {
  return {
    byId: (id: string) => database.one<TracedRow>(orderById, [id]),
    byNumber: (number: number) => database.one<TracedRow>(orderByNumber, [number]),
    page: (page: OrderPage) => {
      const { statement, values } = pageStatement(page);
      return database.rows<ListedRow>(statement, values);
    },
  };
}

/** Exported for the test that looks at the plan. */
export function pageStatement(page: OrderPage): {
  statement: Statement;
  values: (string | number | undefined)[];
} {
  const { userId, status, productId, placedFrom, placedBefore, below, limit } = page;
  const values = [below, status, productId, placedFrom, placedBefore, limit];
  if (userId === undefined) return { statement: ordersOfAll, values };
  return { statement: ordersOfUser, values: [...values, userId] };
}
