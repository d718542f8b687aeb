import type { Service } from '../platform/api.ts';
import type { ordersApi } from './api.ts';
import { createClosing } from './closing.ts';
import type { OrdersParts } from './parts.ts';
import { createPlacement } from './placement.ts';
import { createReading } from './reading.ts';
import { createVerdicts } from './verdicts.ts';

/** Orders: placed, read, cancelled, fulfilled. */
export function createOrders(parts: OrdersParts): Service<typeof ordersApi> {
  return {
    ...createPlacement(parts),
    ...createReading(parts),
    ...createClosing(parts),
    ...createVerdicts(parts),
  };
}
