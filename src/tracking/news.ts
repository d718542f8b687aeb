import type { Service } from '../platform/api.ts';
import { serviceOnly } from '../platform/call.ts';
import { expectTime } from '../platform/times.ts';
import type { trackingApi } from './api.ts';
import { fixOf } from './fix-store.ts';
import { newsStore, type NewsRow } from './news-store.ts';
import type { TrackingParts } from './parts.ts';

type Work = Pick<Service<typeof trackingApi>, 'listNews'>;
type News = Awaited<ReturnType<Work['listNews']>>;

const vehiclesDefault = 1_000;
const fixesDefault = 10_000;
/** The clock that says what is too old and the one that says when it came are not the same. */
const clocksApartMs = 3_600_000;
const dayMs = 86_400_000;

/** Tells live views where everybody is, and what they have missed. */
export function createNews({
  database,
  fixDays,
}: Pick<TrackingParts, 'database' | 'fixDays'>): Work {
  const store = newsStore(database);

  async function missedSince(
    since: Date,
    ownerId: string | undefined,
    limit: number,
  ): Promise<News> {
    const from = new Date(since.getTime() - fixDays * dayMs - clocksApartMs);
    const rows = await store.since({ since, from, ownerId, limit: limit + 1 });
    if (rows.length <= limit) return { items: rows.map(itemOf), isWhole: true };
    const newest = await store.newest({ since, ownerId, limit });
    return { items: newest.map(itemOf), isWhole: false };
  }

  return {
    async listNews({ since, ownerId, limit }, call) {
      serviceOnly(call);
      if (since !== undefined) {
        return missedSince(expectTime(since, '/since'), ownerId, limit ?? fixesDefault);
      }
      const most = limit ?? vehiclesDefault;
      const rows = await store.newest({ since: undefined, ownerId, limit: most + 1 });
      return { items: rows.slice(0, most).map(itemOf), isWhole: rows.length <= most };
    },
  };
}

function itemOf({ vehicleId, ownerId, ...row }: NewsRow): News['items'][number] {
  return { vehicleId, ...(ownerId !== null && { ownerId }), ...fixOf(row) };
}
