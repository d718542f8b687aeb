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

/** The version in which each thing was seen. */
export type VersionOf = (key: string) => number | undefined;

export type Snapshot = { data: Record<string, unknown>; versionOf: VersionOf };

type Newest = Awaited<ReturnType<Sources['orders']['listOrders']>>;
type Found = Awaited<ReturnType<Sources['catalog']['listLowStock']>>;
/** Everybody who has come at the same time shares it. */
type LowStock = Found & { versions: ReadonlyMap<string, number> };

const ordersMax = 20;
const lowStockMax = 100;

/** Says what somebody who has just come must know, to understand what is said from now on. */
export function createSnapshots({ orders, catalog, metrics }: Sources & { metrics: Metrics }) {
  // It is the same for everybody; but only what is read after somebody has come is for them.
  const lowStock = batcher<undefined, LowStock>({
    name: 'low stock',
    sizeMax: 1_000,
    inFlightMax: 1,
    queueMax: 1_000,
    metrics,
    async flush(readers, { deadlineAtMs }) {
      const call = { ...ownCall('gateway', 0), deadlineAtMs };
      const found = await catalog.listLowStock({ limit: lowStockMax }, call);
      const shared = { ...found, versions: new Map(versionsOfStock(found)) };
      return readers.map(() => shared);
    },
  });

  return async (topics: ReadonlySet<Topic>, call: Call): Promise<Snapshot> => {
    const [newest, low] = await Promise.all([
      // Who may see which orders is decided where orders are.
      topics.has('orders')
        ? orders.listOrders({ limit: ordersMax }, { ...call, answer: {} })
        : null,
      topics.has('stock') ? lowStock.add(undefined, call) : null,
    ]);
    const ofOrders = new Map(versionsOfOrders(newest));
    return {
      data: { ...(newest && { orders: newest.items }), ...(low && { lowStock: low.items }) },
      versionOf: (key) => ofOrders.get(key) ?? low?.versions.get(key),
    };
  };
}

type Versions = [key: string, version: number][];

function versionsOfOrders(newest: Newest | null): Versions {
  return (newest?.items ?? []).map(({ id, version }) => [`orders ${id}`, Number(version)]);
}

function versionsOfStock({ items }: Found): Versions {
  return items.map(({ productId, version }) => [`stock ${productId}`, version]);
}
