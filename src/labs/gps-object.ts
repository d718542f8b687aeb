import type { Service } from '../platform/api.ts';
import type { trackingApi } from '../tracking/api.ts';

type State = Awaited<ReturnType<Service<typeof trackingApi>['getVehicleState']>>;
type Told = Omit<State, 'vehicleId' | 'receivedAt' | 'ageSeconds' | 'stale'>;

const orNull = <T>(value: T | undefined): T | null => value ?? null;

/** A fix in the thirteen fields of the original; what the track does not tell is null. */
export function gpsObject(fix: Told) {
  // Who has only just come has not moved yet.
  const { distanceMeters: meters = 0, elapsedTimeSeconds: seconds = 0 } = fix;
  return {
    timestamp: Date.parse(fix.timestamp) / 1_000,
    latitude: fix.latitude,
    longitude: fix.longitude,
    elevation: orNull(fix.elevation),
    accuracy: orNull(fix.accuracy),
    bearing: orNull(fix.bearing),
    speed_meters_per_second: orNull(fix.speedMetersPerSecond),
    satellites: orNull(fix.satellites),
    hdop: orNull(fix.hdop),
    vdop: orNull(fix.vdop),
    pdop: orNull(fix.pdop),
    distance_meters: meters,
    elapsed_time_seconds: seconds,
  };
}

export type GpsObject = ReturnType<typeof gpsObject>;
