import type { Service } from '../platform/api.ts';
import { ownCall, type Call } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import { asking, noSuchVehicle, staffOnly } from './access.ts';
import type { trackingApi } from './api.ts';
import type { Finder } from './find-vehicle.ts';
import type { TrackingParts } from './parts.ts';
import type { Vehicle } from './shapes.ts';
import { stateStore } from './state-store.ts';
import { stateOf, vehicleOf, type Moment } from './states.ts';
import { createVehicleList } from './vehicle-list.ts';
import { vehicleStore } from './vehicle-store.ts';

type Work = Pick<
  Service<typeof trackingApi>,
  'setVehicle' | 'getVehicle' | 'listVehicles' | 'getVehicleState'
>;

type Parts = Pick<TrackingParts, 'database' | 'users' | 'cursors' | 'staleSeconds' | 'now'> & {
  finder: Finder;
};

/** Which vehicles there are, and where they are. */
export function createVehicles(parts: Parts): Work {
  const { database, users, staleSeconds, now, finder } = parts;
  const store = vehicleStore(database);
  const states = stateStore(database);
  const moment = (): Moment => ({ nowMs: now().getTime(), staleSeconds });

  async function read(id: string): Promise<Vehicle> {
    const row = await store.byId(id);
    if (!row) throw noSuchVehicle();
    return vehicleOf(row, moment());
  }

  async function expectOwner(ownerId: string, { deadlineAtMs, trace }: Call): Promise<void> {
    const call = { ...ownCall('tracking', 0), deadlineAtMs, trace };
    const found = await users.getUsers({ ids: [ownerId] }, call);
    const isThere = found.users.some(({ id, disabled }) => id === ownerId && !disabled);
    if (!isThere) throw new AppError('notFound', 'There is no such user');
  }

  return {
    ...createVehicleList(parts),

    async setVehicle({ id, name, ownerId }, call) {
      staffOnly(call, 'tracking:write');
      if (ownerId !== undefined) await expectOwner(ownerId, call);
      await store.set({ id, name, ownerId });
      finder.forget(id);
      const { createdAt, state } = await read(id);
      // What this call has set, even if somebody has set something else meanwhile.
      const settings = { ...(name !== undefined && { name }), ...(ownerId && { ownerId }) };
      return { id, ...settings, createdAt, ...(state && { state }) };
    },

    async getVehicle({ id }, call) {
      await finder.find(id, asking(call, 'tracking:read'));
      return read(id);
    },

    async getVehicleState({ id }, call) {
      const { no } = await finder.find(id, asking(call, 'tracking:read'));
      const row = await states.newest(no);
      if (!row) throw new AppError('noFixes', 'This vehicle has not said where it is');
      return stateOf(id, row, moment());
    },
  };
}
