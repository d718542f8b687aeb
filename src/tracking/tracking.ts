import type { Service } from '../platform/api.ts';
import type { trackingApi } from './api.ts';
import { createAverages } from './average.ts';
import { createFinder } from './find-vehicle.ts';
import { createFixes } from './fixes.ts';
import { createNews } from './news.ts';
import type { TrackingParts } from './parts.ts';
import { createRoutes } from './route.ts';
import { createTasks } from './tasks.ts';
import { createVehicles } from './vehicles.ts';

/** Vehicles: where they are, where they were, how fast they went. */
export function createTracking(parts: TrackingParts): Service<typeof trackingApi> {
  const inner = { ...parts, finder: createFinder(parts) };
  return {
    ...createVehicles(inner),
    ...createFixes(inner),
    ...createRoutes(inner),
    ...createAverages(inner),
    ...createTasks(inner),
    ...createNews(inner),
  };
}
