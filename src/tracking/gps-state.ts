import type { Live } from '../platform/bus.ts';
import { distanceMeters, type Place } from './geo.ts';
import type { Fix } from './shapes.ts';

/** The channel on which the newest fix of each vehicle is announced. */
export const gpsChannel = 'gps_state';

type Seen = Place & { atMs: number };
type Said = { vehicleId: string; ownerId: string | null; fix: Fix; atMs: number };

/** What a fix says besides time and place, and what GPS loggers call it. */
const particulars = {
  elevation: 'elevation',
  accuracy: 'accuracy',
  bearing: 'bearing',
  speed_meters_per_second: 'speedMetersPerSecond',
  satellites: 'satellites',
  hdop: 'hdop',
  vdop: 'vdop',
  pdop: 'pdop',
} as const satisfies Record<string, keyof Fix>;

/** A fix as everybody outside is told of it: in the names of GPS loggers, with what is unknown null. */
export function gpsState({ vehicleId, ownerId, fix, atMs }: Said, before: Seen | undefined): Live {
  const known = Object.entries(particulars).map(([name, field]) => [name, fix[field] ?? null]);
  const value = {
    timestamp: atMs / 1_000,
    latitude: fix.latitude,
    longitude: fix.longitude,
    ...Object.fromEntries(known),
    distance_meters: before ? distanceMeters(before, fix) : null,
    elapsed_time_seconds: before ? (atMs - before.atMs) / 1_000 : null,
    vehicle: vehicleId,
    // Of two fixes of a vehicle the later one is the news, in whichever order they come.
    sequence: atMs,
    owner_id: ownerId,
  };
  return { key: vehicleId, value };
}
