import type { Service } from '../platform/api.ts';
import { batcher } from '../platform/batcher.ts';
import { ownCall, type Call } from '../platform/call.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { catalogApi } from '../catalog/api.ts';
import type { ordersApi } from '../orders/api.ts';
import type { Topic } from './stream-api.ts';

export type Sources = {
  orders: Pick<Service<typeof ordersApi>, 'listOrders'>;
  catalog: Pick<Service<typeof catalogApi>, 'listLowStock'>;
};

type Parts = Sources & {
  metrics: Metrics;
  /** A snapshot shows this thing in this version: older news of it are none. */
  onShown: (key: string, version: number) => void;
};

/** Fields of the snapshot, in JSON. */
export type Shown = string[];

type Low = Awaited<ReturnType<Sources['catalog']['listLowStock']>>;

const ordersMax = 20;
const lowStockMax = 100;

/** Says what somebody who has just come must know of the shop, to understand what is said after. */
export function createSnapshots({ orders, catalog, metrics, onShown }: Parts) {
  // It is the same for everybody; but only what is read after somebody has come is for them.
  const lowStock = batcher<undefined, string>({
    name: 'low stock',
    sizeMax: 1_000,
    inFlightMax: 1,
    queueMax: 1_000,
    metrics,
    async flush(readers, patience) {
      const call = { ...ownCall('gateway', 0), ...patience };
      const { items } = await catalog.listLowStock({ limit: lowStockMax }, call);
      const field = lowStockField(items);
      return readers.map(() => field);
    },
  });

  function lowStockField(items: Low['items']): string {
    for (const { productId, version } of items) onShown(`stock ${productId}`, version);
    return `"lowStock":${JSON.stringify(items)}`;
  }

  async function ordersField(call: Call): Promise<string> {
    // Who may see which orders is decided where orders are.
    const { items } = await orders.listOrders({ limit: ordersMax }, { ...call, answer: {} });
    for (const { id, version } of items) onShown(`orders ${id}`, Number(version));
    return `"orders":${JSON.stringify(items)}`;
  }

  return async (topics: ReadonlySet<Topic>, call: Call): Promise<Shown> =>
    Promise.all([
      ...(topics.has('orders') ? [ordersField(call)] : []),
      ...(topics.has('stock') ? [lowStock.add(undefined, call)] : []),
    ]);
}
