import { createCursors } from '../platform/cursor.ts';
import type { Bus, Live } from '../platform/bus.ts';
import { createMetrics } from '../platform/metrics.ts';
import { readTime } from '../platform/times.ts';
import { freshDatabase, silent } from '../testing/database.ts';
import { dayStore } from './day-store.ts';
import { findStore } from './find-store.ts';
import { fixStore } from './fix-store.ts';
import type { TrackingParts } from './parts.ts';
import type { Fix } from './shapes.ts';

/** For tests: when everything happens, unless a test says otherwise. */
export const noon = Date.parse('2026-11-20T12:00:00Z');

/** For tests: a fix so many seconds after noon. */
export function fixAt(seconds: number, fields: Partial<Fix> = {}): Fix {
  const timestamp = new Date(noon + seconds * 1_000).toISOString();
  return { timestamp, latitude: 52.5, longitude: 13.4, ...fields };
}

/** For tests: what tracking is made of, on a fresh database, and a short way to fill it. */
export async function freshTracking(changes: Partial<TrackingParts> = {}) {
  const database = await freshDatabase('tracking');
  const announced: Live[] = [];
  const parts: TrackingParts = {
    database,
    users: { getUsers: async () => ({ users: [] }) },
    bus: quietBus(announced),
    cursors: createCursors('a secret of the test'),
    fixDays: 31,
    staleSeconds: 60,
    onTask: () => undefined,
    now: () => new Date(noon),
    log: silent,
    metrics: createMetrics(),
    ...changes,
  };

  /** Makes a vehicle known that has been at these places. */
  async function drive(id: string, fixes: readonly Fix[], ownerId?: string): Promise<number> {
    const store = fixStore(database);
    await findStore(database).make(id);
    await database.rows(
      {
        name: 'giveToOwner',
        text: 'update tracking.vehicles set owner_id = $2::uuid where id = $1::text',
      },
      [id, ownerId],
    );
    const { no = 0 } = (await findStore(database).find(id)) ?? {};
    const readings = fixes.map((fix) => ({
      vehicle: no,
      atMs: readTime(fix.timestamp) ?? 0,
      fix,
    }));
    const days = new Set(fixes.map(({ timestamp }) => timestamp.slice(0, 10)));
    await Promise.all([...days].map((day) => dayStore(database).makeDay(day)));
    if (readings.length > 0) await store.store(readings);
    return no;
  }

  return { database, parts, drive, announced };
}

/** A bus that only remembers what was announced. */
function quietBus(announced: Live[]): Bus {
  return {
    publish: async () => undefined,
    subscribe: () => () => undefined,
    consume: () => ({ close: async () => undefined }),
    isHeard: () => false,
    announce: (_channel, values) => void announced.push(...values),
    hear: () => () => undefined,
    isLiveHeard: () => true,
    close: async () => undefined,
  };
}
