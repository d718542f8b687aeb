import type { Call, Caller } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';

export type SignedIn = Extract<Caller, { kind: 'user' }>;
type TrackingScope = 'tracking:read' | 'tracking:write';

/** Whoever asks: somebody with an account, or Bazar itself (the demo, the door for lines). */
export type Asking = SignedIn | Extract<Caller, { kind: 'service' }>;

export type Owned = { id: string; ownerId: string | null };

/** Couriers and staff; an API key needs the scope. */
export function asking({ caller }: Call, scope: TrackingScope): Asking {
  if (caller.kind === 'anonymous') throw new AppError('unauthorized', 'Sign in first');
  if (caller.kind === 'service') return caller;
  if (caller.scopes && !caller.scopes.includes(scope)) {
    throw new AppError('forbidden', `This API key lacks the scope ${scope}`);
  }
  if (caller.role !== 'courier' && caller.role !== 'staff') {
    throw new AppError('forbidden', 'This is for couriers and staff only');
  }
  return caller;
}

/** Which vehicles somebody may see: all, one owner's, one by name. */
export type Reach = { ownerId?: string; vehicleId?: string };

/** Couriers reach what is theirs, and the key of a device only its own vehicle. */
export function reachOf(caller: Asking): Reach {
  if (caller.kind === 'service') return {};
  const { id, role, vehicleId } = caller;
  return {
    ...(role !== 'staff' && { ownerId: id }),
    ...(vehicleId !== undefined && { vehicleId }),
  };
}

export function staffOnly(call: Call, scope: TrackingScope): Asking {
  const caller = asking(call, scope);
  const { ownerId, vehicleId } = reachOf(caller);
  if (ownerId ?? vehicleId) throw new AppError('forbidden', 'Only staff may do this');
  return caller;
}

export function mayReach(caller: Asking, vehicle: Owned): boolean {
  const { ownerId = vehicle.ownerId, vehicleId = vehicle.id } = reachOf(caller);
  return ownerId === vehicle.ownerId && vehicleId === vehicle.id;
}

/** One text for missing and foreign vehicles, so that it tells nothing. */
export function noSuchVehicle(): AppError {
  return new AppError('notFound', 'There is no such vehicle');
}
