import type { Service } from '../platform/api.ts';
import type { Call } from '../platform/call.ts';
import { pageOf } from '../platform/pages.ts';
import { asking } from './access.ts';
import type { trackingApi } from './api.ts';
import type { Finder } from './find-vehicle.ts';
import { fixOf } from './fix-store.ts';
import { geoJsonWriter } from './geojson.ts';
import { gpxWriter } from './gpx.ts';
import type { TrackingParts } from './parts.ts';
import { periodOf, type Period } from './period.ts';
import { routeExport } from './route-export.ts';
import { afterMs, routeStore } from './route-store.ts';
import { simplify } from './simplify.ts';

type Work = Pick<Service<typeof trackingApi>, 'getRoute' | 'getRouteAsGeoJson' | 'getRouteAsGpx'>;
type Parts = Pick<TrackingParts, 'database' | 'cursors' | 'now'> & { finder: Finder };
type Asked = Parameters<Work['getRoute']>[0];

const limitDefault = 100;

/** Where a vehicle has been: page by page, or as one file. */
export function createRoutes({ database, cursors, now, finder }: Parts): Work {
  const store = routeStore(database);
  const exportRoute = routeExport(store);
  const find = (id: string, call: Call) => finder.find(id, asking(call, 'tracking:read'));

  /** All pages end where the first one does, whatever comes meanwhile. */
  function periodOfPage(list: string, asked: Asked): Period {
    if (asked.cursor === undefined) return periodOf(asked, now());
    const [fromMs, toMs] = cursors.decode(list, asked.cursor);
    return { fromMs: Number(fromMs), toMs: Number(toMs) };
  }

  return {
    async getRoute(asked, call) {
      const { id, from, to, toleranceMeters, limit = limitDefault } = asked;
      const { no } = await find(id, call);
      const list = JSON.stringify(['route', no, from ?? null, to ?? null, toleranceMeters ?? null]);
      const period = periodOfPage(list, asked);
      const rows = await store.read({ ...period, vehicle: no, limit: limit + 1 });
      const page = pageOf(rows, {
        limit,
        item: fixOf,
        cursor: (last) => cursors.encode(list, [afterMs(last), period.toMs]),
      });
      if (toleranceMeters === undefined) return page;
      return { ...page, items: simplify(page.items, toleranceMeters) };
    },

    async getRouteAsGeoJson(asked, call) {
      const { id, no } = await find(asked.id, call);
      const period = periodOf(asked, now());
      const from = new Date(period.fromMs).toISOString();
      const to = new Date(period.toMs).toISOString();
      const writer = geoJsonWriter({ vehicleId: id, from, to });
      const { toleranceMeters } = asked;
      return exportRoute({ ...period, vehicle: no, toleranceMeters }, writer, call);
    },

    async getRouteAsGpx(asked, call) {
      const { id, no } = await find(asked.id, call);
      const period = periodOf(asked, now());
      const writtenAt = now();
      const writer = gpxWriter({ name: (await store.nameOf(no)) ?? id, writtenAt });
      const { toleranceMeters } = asked;
      return exportRoute({ ...period, vehicle: no, toleranceMeters }, writer, call);
    },
  };
}
