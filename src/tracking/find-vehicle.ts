import { remember } from '../platform/remember.ts';
import { mayReach, noSuchVehicle, type Asking } from './access.ts';
import { findStore, type Known } from './find-store.ts';
import type { TrackingParts } from './parts.ts';

/** A new owner is felt everywhere within this time. */
const knownKeepMs = 4_000;
const knownMax = 50_000;

export type Finder = ReturnType<typeof createFinder>;

/** Finds a vehicle for somebody; what may not be reached is not there. */
export function createFinder({ database }: Pick<TrackingParts, 'database'>) {
  const store = findStore(database);
  const known = remember<Known>(knownMax);

  async function look(id: string): Promise<Known | undefined> {
    const vehicle = known.get(id) ?? (await store.find(id));
    if (vehicle) known.set(id, vehicle, knownKeepMs);
    return vehicle;
  }

  return {
    async find(id: string, caller: Asking): Promise<Known> {
      const vehicle = await look(id);
      if (!vehicle || !mayReach(caller, vehicle)) throw noSuchVehicle();
      return vehicle;
    },

    /** Whoever may see every vehicle makes one known by saying where it is. */
    async findOrMake(id: string, caller: Asking): Promise<Known> {
      const mayMake = mayReach(caller, { id, ownerId: null });
      if (mayMake && !(await look(id))) await store.make(id);
      return this.find(id, caller);
    },

    /** Its owner has changed here and now. */
    forget: (id: string): void => known.delete(id),
  };
}
