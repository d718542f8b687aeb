import { fixOf } from './fix-store.ts';
import { distanceMeters } from './geo.ts';
import type { Vehicle, VehicleState } from './shapes.ts';
import type { StateRow } from './state-store.ts';
import type { VehicleRow } from './vehicle-store.ts';

/** When it is, and from which age on a fix is stale. */
export type Moment = { nowMs: number; staleSeconds: number };

/** The newest fix of a vehicle, as it looks at a moment. */
export function stateOf(vehicleId: string, row: StateRow, moment: Moment): VehicleState {
  const { before, receivedAt } = row;
  const fix = fixOf(row);
  const atMs = Date.parse(row.timestamp);
  // Clocks of devices may be ahead of ours; a fix of the future is as new as can be.
  const ageSeconds = Math.max(0, (moment.nowMs - atMs) / 1_000);
  return {
    vehicleId,
    ...fix,
    receivedAt,
    ageSeconds,
    stale: ageSeconds > moment.staleSeconds,
    ...(before && {
      distanceMeters: distanceMeters(before, fix),
      elapsedTimeSeconds: (atMs - before.atMs) / 1_000,
    }),
  };
}

/** A vehicle, with its state if it has ever been somewhere. */
export function vehicleOf(row: VehicleRow, moment: Moment): Vehicle {
  const { id, name, ownerId, createdAt } = row;
  return {
    id,
    ...(name !== null && { name }),
    ...(ownerId !== null && { ownerId }),
    createdAt,
    ...(row.timestamp !== null && { state: stateOf(id, row, moment) }),
  };
}
