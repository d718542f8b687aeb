import type { Service } from '../platform/api.ts';
import { serviceOnly } from '../platform/call.ts';
import { invalid } from '../platform/errors.ts';
import { traceparent } from '../platform/trace.ts';
import { isTraced } from '../platform/tracing.ts';
import type { orderStockApi, OrderToReserve } from './order-stock-shapes.ts';
import { orderStockStore } from './order-stock-store.ts';
import type { CatalogParts } from './parts.ts';
import { resultsOf } from './reservation-results.ts';

/** What orders do to stock: every operation is one round trip, and harmless to repeat. */
export function createOrderStock({ database, now }: CatalogParts): Service<typeof orderStockApi> {
  const store = orderStockStore(database);
  const at = () => now().toISOString();

  return {
    async reserve({ batchId, settled, orders }, call) {
      serviceOnly(call);
      refuseTwice(orders);
      const { trace } = call;
      const batch = await store.reserveBatch({
        batchId,
        settled,
        orders,
        at: at(),
        traceparent: isTraced(trace) ? traceparent(trace) : undefined,
      });
      return { results: resultsOf(orders, batch) };
    },

    async settle({ batchIds, releaseIds }, call) {
      serviceOnly(call);
      return { released: await store.settleBatches(batchIds, releaseIds, at()) };
    },

    async releaseOrders({ orderIds }, call) {
      serviceOnly(call);
      return { released: await store.releaseOrders(orderIds, at()) };
    },

    async shipOrders({ orderIds }, call) {
      serviceOnly(call);
      const origin = { requestId: call.requestId, traceId: call.trace.traceId };
      return { shipped: await store.shipOrders(orderIds, at(), origin) };
    },

    async oldHolds({ olderThanSeconds, limit }, call) {
      serviceOnly(call);
      return { holds: await store.oldHolds(olderThanSeconds, limit) };
    },
  };
}

/** Orders that have merged their lines have no product twice; a schema cannot say so. */
function refuseTwice(orders: readonly OrderToReserve[]): void {
  const order = firstRepeat(orders.map(({ orderId }) => orderId));
  if (order !== -1) throw invalid('body', `/orders/${order}/orderId`, 'is there twice');
  for (const [i, { lines }] of orders.entries()) {
    const line = firstRepeat(lines.map(({ productId }) => productId));
    if (line !== -1)
      throw invalid('body', `/orders/${i}/lines/${line}/productId`, 'is there twice');
  }
}

function firstRepeat(ids: readonly string[]): number {
  const seen = new Set<string>();
  return ids.findIndex((id) => seen.has(id) || !seen.add(id));
}
