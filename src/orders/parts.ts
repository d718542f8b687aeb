import type { Service } from '../platform/api.ts';
import type { Cursors } from '../platform/cursor.ts';
import type { Database } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { catalogApi } from '../catalog/api.ts';
import type { usersApi } from '../users/api.ts';
import type { News } from './outbox-store.ts';

export type Users = Pick<Service<typeof usersApi>, 'getUsers'>;
export type Catalog = Pick<
  Service<typeof catalogApi>,
  'reserve' | 'settle' | 'releaseOrders' | 'shipOrders'
>;

/** What catalog has to say to one order. */
export type Reservation = Awaited<ReturnType<Catalog['reserve']>>['results'][number];

/** What orders is made of. */
export type OrdersParts = {
  database: Database;
  users: Users;
  catalog: Catalog;
  cursors: Cursors;
  /** The one currency of the shop. */
  currency: string;
  /** Something was written to the outbox. */
  onOutbox: (kind: News['kind']) => void;
  now: () => Date;
  log: Log;
  metrics: Metrics;
};
