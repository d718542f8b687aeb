import type { ServerEvent } from '../base/event-reader.ts';

export type Fix = {
  timestamp: string;
  latitude: number;
  longitude: number;
  elevation?: number;
  accuracy?: number;
  bearing?: number;
  speedMetersPerSecond?: number;
  distanceMeters?: number;
  elapsedTimeSeconds?: number;
};

/** A vehicle, and where it was seen last. */
export type Seen = { id: string; name?: string; fix?: Fix; timeMs: number };
type Listed = { id: string; name?: string; state?: Fix };
type News = Fix & { vehicleId: string };

/** More vehicles than this are neither listed nor drawn. */
export const vehiclesMax = 5_000;

/** All vehicles that are known, each with its newest fix, in whichever order things are heard. */
export function createFleet(countMax = vehiclesMax) {
  const seen = new Map<string, Seen>();
  let isCut = false;
  let names = 0;

  /** Says whether there is room for it. */
  function put(vehicle: Seen): boolean {
    if (!seen.has(vehicle.id) && seen.size >= countMax) {
      isCut = true;
      return false;
    }
    if (seen.get(vehicle.id)?.name !== vehicle.name || !seen.has(vehicle.id)) names += 1;
    seen.set(vehicle.id, vehicle);
    return true;
  }

  /** Says whether it is news. */
  function hear({ vehicleId: id, ...fix }: News): boolean {
    const before = seen.get(id);
    const timeMs = Date.parse(fix.timestamp);
    if (before?.fix && before.timeMs >= timeMs) return false;
    return put({ id, ...(before?.name && { name: before.name }), fix, timeMs });
  }

  return {
    all: seen as ReadonlyMap<string, Seen>,
    /** Whether there are more than are known here. */
    isCut: () => isCut,
    /** Changes with the list of names, and not with each move. */
    names: () => names,
    cut: (): void => {
      isCut = true;
    },
    hear,
    /** A page of the list: names are those of now, places maybe not. */
    list(vehicles: readonly Listed[]): void {
      for (const { id, name, state } of vehicles) {
        const before = seen.get(id);
        put({
          id,
          ...(name && { name }),
          ...(before?.fix && { fix: before.fix }),
          timeMs: before?.timeMs ?? 0,
        });
        if (state) hear({ ...state, vehicleId: id });
      }
    },
  };
}

export type Fleet = ReturnType<typeof createFleet>;

/** The fixes that an event of the stream tells. */
export function fixesIn({ type, data }: ServerEvent): News[] {
  if (type === 'fix.v1') return [(JSON.parse(data) as { data: News }).data];
  if (type !== 'snapshot') return [];
  return (JSON.parse(data) as { fixes?: News[] }).fixes ?? [];
}

/** "van 9" is before "van 10". */
const order = new Intl.Collator('en', { numeric: true });

/** Those whose name or id has these letters, in the order of their names. */
export function find(vehicles: Iterable<Seen>, letters: string): Seen[] {
  const wanted = letters.trim().toLowerCase();
  const named = [...vehicles].map((seen) => ({ seen, key: (seen.name ?? seen.id).toLowerCase() }));
  return named
    .filter(({ seen, key }) => key.includes(wanted) || seen.id.toLowerCase().includes(wanted))
    .toSorted((a, b) => order.compare(a.key, b.key))
    .map(({ seen }) => seen);
}
