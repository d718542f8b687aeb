import { limitDefault, type Service } from '../platform/api.ts';
import { pageOf } from '../platform/pages.ts';
import { asking, reachOf } from './access.ts';
import type { trackingApi } from './api.ts';
import type { TrackingParts } from './parts.ts';
import { areaOf } from './places.ts';
import { vehicleOf } from './states.ts';
import { vehicleStore } from './vehicle-store.ts';

type Work = Pick<Service<typeof trackingApi>, 'listVehicles'>;
type Parts = Pick<TrackingParts, 'database' | 'cursors' | 'staleSeconds' | 'now'>;

/** Lists vehicles: all that the caller may see, in a box, or near a place. */
export function createVehicleList({ database, cursors, staleSeconds, now }: Parts): Work {
  const store = vehicleStore(database);

  return {
    async listVehicles(asked, call) {
      const reach = reachOf(asking(call, 'tracking:read'));
      const { limit = limitDefault, cursor } = asked;
      const area = areaOf(asked);
      const list = JSON.stringify(['vehicles', reach, area?.boxes ?? null]);
      const place = cursor === undefined ? undefined : cursors.decode(list, cursor);
      const rows = await store.page({
        ...reach,
        area,
        after: place && String(place[0]),
        // The nearest come on one page, so nobody need know whether there are more.
        limit: area?.circle ? limit : limit + 1,
      });
      const moment = { nowMs: now().getTime(), staleSeconds };
      return pageOf(rows, {
        limit,
        item: (row) => vehicleOf(row, moment),
        cursor: ({ id }) => cursors.encode(list, [id]),
      });
    },
  };
}
