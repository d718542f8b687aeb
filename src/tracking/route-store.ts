import type { Database, Statement } from '../platform/database.ts';
import { fixColumns, type FixRow } from './fix-store.ts';
import type { Period } from './period.ts';

/** A vehicle, and the first so many of its fixes in a time. */
export type Stretch = Period & { vehicle: number; limit: number };

export type RouteRow = FixRow & { timestamp: string };

// Times come as numbers, because some that can be asked for, such as the year 0, cannot be written.
const readRoute: Statement = {
  name: 'readRoute',
  text: `select ${fixColumns} from tracking.fixes f
    where f.vehicle = $1::int and f.at >= to_timestamp($2::float8 / 1000)
      and f.at <= to_timestamp($3::float8 / 1000)
    order by f.at limit $4::int`,
};

const nameOfVehicle: Statement = {
  name: 'nameOfVehicle',
  text: 'select name from tracking.vehicles where no = $1::int',
};

/** The SQL of reading where a vehicle has been. */
export function routeStore(database: Database) {
  return {
    /** Oldest first. */
    read: ({ vehicle, fromMs, toMs, limit }: Stretch): Promise<RouteRow[]> =>
      database.rows<RouteRow>(readRoute, [vehicle, fromMs, toMs, limit]),

    async nameOf(vehicle: number): Promise<string | undefined> {
      const row = await database.one<{ name: string | null }>(nameOfVehicle, [vehicle]);
      return row?.name ?? undefined;
    },
  };
}

/** Times are exact to the millisecond, so this is where the fixes after this one begin. */
export function afterMs({ timestamp }: RouteRow): number {
  return Date.parse(timestamp) + 1;
}
