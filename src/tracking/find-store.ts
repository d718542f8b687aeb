import type { Database, Statement } from '../platform/database.ts';

/** A vehicle as its fixes know it, and whose it is. */
export type Known = { no: number; id: string; ownerId: string | null };

const findVehicle: Statement = {
  name: 'findVehicle',
  text: `select no, id, owner_id as "ownerId" from tracking.vehicles where id = $1::text`,
};

const makeVehicle: Statement = {
  name: 'makeVehicle',
  text: `insert into tracking.vehicles (id) values ($1::text) on conflict do nothing`,
};

/** The SQL of finding a vehicle. */
export function findStore(database: Database) {
  return {
    find: (id: string) => database.one<Known>(findVehicle, [id]),
    make: (id: string) => database.rows(makeVehicle, [id]),
  };
}
