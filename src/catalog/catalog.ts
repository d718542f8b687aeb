import type { Service } from '../platform/api.ts';
import type { catalogApi } from './api.ts';
import { createHolds } from './holds.ts';
import { createListing } from './listing.ts';
import { createLowStock } from './low-stock.ts';
import { createNewHolds } from './new-holds.ts';
import { createNewProducts } from './new-products.ts';
import { createOrderStock } from './order-stock.ts';
import type { CatalogParts } from './parts.ts';
import { createProducts } from './products.ts';
import { createStock } from './stock.ts';

/** Products and stock. */
export function createCatalog(parts: CatalogParts): Service<typeof catalogApi> {
  return {
    ...createListing(parts),
    ...createProducts(parts),
    ...createNewProducts(parts),
    ...createStock(parts),
    ...createHolds(parts),
    ...createNewHolds(parts),
    ...createOrderStock(parts),
    ...createLowStock(parts),
  };
}
