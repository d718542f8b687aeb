import type { Service } from '../platform/api.ts';
import { AppError } from '../platform/errors.ts';
import { asking } from './access.ts';
import type { trackingApi } from './api.ts';
import { averageStore, type Average } from './average-store.ts';
import type { Finder } from './find-vehicle.ts';
import type { TrackingParts } from './parts.ts';
import type { AverageSpeed } from './shapes.ts';
import { timeOf, windowBack, type Window } from './window.ts';

type Parts = Pick<TrackingParts, 'database' | 'now'> & { finder: Finder };

export const noSpeeds = 'The vehicle has told no speed in this time';

/** How fast a vehicle was, on average over time. */
export function createAverages(parts: Parts): Pick<Service<typeof trackingApi>, 'getAverageSpeed'> {
  const { database, finder, now } = parts;
  const store = averageStore(database);

  return {
    async getAverageSpeed(asked, call) {
      const caller = asking(call, 'tracking:read');
      const window = windowBack(asked, now());
      const { id, no } = await finder.find(asked.id, caller);
      const average = await store.average(no, window);
      if (!average) throw new AppError('noFixes', noSpeeds);
      return averageOf(id, window, average);
    },
  };
}

/** The same, however it was come by. */
export function averageOf(vehicleId: string, window: Window, average: Average): AverageSpeed {
  const { averageSpeedMetersPerSecond, fixes } = average;
  const from = timeOf(window.fromMs);
  return { vehicleId, averageSpeedMetersPerSecond, from, until: timeOf(window.untilMs), fixes };
}
