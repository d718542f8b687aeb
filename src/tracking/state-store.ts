import type { Database, Statement } from '../platform/database.ts';
import { fixColumns, type FixRow } from './fix-store.ts';
import type { Place } from './geo.ts';

/** The newest fix of a vehicle, and where it was before, if that is still known. */
export type StateRow = FixRow & {
  timestamp: string;
  receivedAt: string;
  before: (Place & { atMs: number }) | null;
};

/** A state (f) with the fix before it (b), as `withBefore` finds it. */
export const stateColumns = `${fixColumns}, f.received_at as "receivedAt", b.before`;

/** Days are looked through from the newest on, so the fix before is found in the first or second. */
export const withBefore = `left join lateral (
      select json_build_object('atMs', extract(epoch from at) * 1000, 'latitude', latitude,
        'longitude', longitude) as before
      from tracking.fixes where vehicle = f.vehicle and at < f.at
      order by at desc limit 1
    ) b on true`;

const newestState: Statement = {
  name: 'newestState',
  text: `select ${stateColumns} from tracking.states f ${withBefore}
    where f.vehicle = $1::int`,
};

/** The SQL of the state of one vehicle. */
export function stateStore(database: Database) {
  return {
    newest: (vehicle: number) => database.one<StateRow>(newestState, [vehicle]),
  };
}
