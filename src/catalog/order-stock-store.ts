import type { Database, Statement } from '../platform/database.ts';
import type { OrderToReserve, ReservedLine } from './order-stock-shapes.ts';

export type Batch = {
  batchId: string;
  settled: string[];
  orders: readonly OrderToReserve[];
  at: string;
  /** Whose trace it is that stock runs low, if it is recorded. */
  traceparent?: string | undefined;
};

/** What became of a batch; migrations/002-reserve.sql says how to read it. */
export type BatchOutcome = {
  /** One letter for each order. */
  outcome: string;
  /** One for each line of the batch; null where the product is not known. */
  titles: (string | null)[];
  prices: (number | null)[];
  /** What there was for each line that was short; absent if all orders fit. */
  remains: (number | null)[] | null;
  /** By the number of the order in the batch, from 1. */
  repeats: Record<string, ReservedLine[]> | null;
};

export type OldHold = { batchId: string; orderIds: string[]; ageSeconds: number };
export type Origin = { requestId: string; traceId: string };

const reserveBatch: Statement = {
  name: 'reserveBatch',
  text: `select outcome, titles, prices, remains, repeats
    from catalog.reserve_batch($1::uuid, $2::uuid[], $3::uuid[], $4::bytea[], $5::int[],
      $6::text[], $7::int[], $8::timestamptz)`,
};

/** The same for the few whose traces are recorded. */
const reserveBatchTraced: Statement = {
  name: 'reserveBatchTraced',
  text: `select outcome, titles, prices, remains, repeats
    from catalog.reserve_batch_traced($1::uuid, $2::uuid[], $3::uuid[], $4::bytea[], $5::int[],
      $6::text[], $7::int[], $8::timestamptz, $9::text)`,
};

const settleBatches: Statement = {
  name: 'settleBatches',
  text: `select catalog.settle_batches($1::uuid[], $2::uuid[], $3::timestamptz) as count`,
};

const releaseOrders: Statement = {
  name: 'releaseOrders',
  text: `select catalog.release_orders($1::uuid[], $2::timestamptz) as count`,
};

const shipOrders: Statement = {
  name: 'shipOrders',
  text: `select catalog.ship_orders($1::uuid[], $2::timestamptz, $3::text, $4::text) as count`,
};

const oldHolds: Statement = {
  name: 'oldHolds',
  text: `select h.batch_id as "batchId", h.order_ids as "orderIds",
      floor(extract(epoch from clock_timestamp() - h.created_at))::int as "ageSeconds"
    from catalog.holds h
    where h.created_at <= clock_timestamp() - make_interval(secs => $1::int)
    order by h.created_at, h.batch_id limit $2::int`,
};

/** The SQL of what orders do to stock. */
export function orderStockStore(database: Database) {
  async function count(statement: Statement, values: unknown[]): Promise<number> {
    const row = await database.one<{ count: number }>(statement, values);
    return (row as { count: number }).count;
  }

  return {
    reserveBatch: async ({ batchId, settled, orders, at, traceparent }: Batch) => {
      const lines = orders.flatMap((order, i) =>
        order.lines.map((line) => ({ ...line, orderNumber: i + 1 })),
      );
      const values = [
        batchId,
        settled,
        orders.map(({ orderId }) => orderId),
        orders.map(({ fp }) => `\\x${fp}`),
        lines.map(({ orderNumber }) => orderNumber),
        lines.map(({ productId }) => productId),
        lines.map(({ quantity }) => quantity),
        at,
      ];
      const row = await (traceparent === undefined
        ? database.one<BatchOutcome>(reserveBatch, values)
        : database.one<BatchOutcome>(reserveBatchTraced, [...values, traceparent]));
      return row as BatchOutcome;
    },

    settleBatches: (batchIds: string[], releaseIds: string[], at: string) =>
      count(settleBatches, [batchIds, releaseIds, at]),

    releaseOrders: (orderIds: string[], at: string) => count(releaseOrders, [orderIds, at]),

    shipOrders: (orderIds: string[], at: string, { requestId, traceId }: Origin) =>
      count(shipOrders, [orderIds, at, requestId, traceId]),

    oldHolds: (olderThanSeconds: number, limit: number) =>
      database.rows<OldHold>(oldHolds, [olderThanSeconds, limit]),
  };
}
