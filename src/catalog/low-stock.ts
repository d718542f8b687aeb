import type { Service } from '../platform/api.ts';
import { serviceOnly } from '../platform/call.ts';
import type { lowStockApi } from './low-stock-shapes.ts';
import { lowStockStore } from './low-stock-store.ts';
import type { CatalogParts } from './parts.ts';

/** What is running out. */
export function createLowStock({
  database,
}: Pick<CatalogParts, 'database'>): Service<typeof lowStockApi> {
  const store = lowStockStore(database);
  return {
    async listLowStock({ limit }, call) {
      serviceOnly(call);
      return { items: await store.lowest(limit) };
    },
  };
}
