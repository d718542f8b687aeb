import type { Service } from '../platform/api.ts';
import type { Bus } from '../platform/bus.ts';
import type { Cursors } from '../platform/cursor.ts';
import type { Database } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { usersApi } from '../users/api.ts';

/** What tracking is made of. */
export type TrackingParts = {
  database: Database;
  users: Pick<Service<typeof usersApi>, 'getUsers'>;
  bus: Bus;
  cursors: Cursors;
  /** How many days of fixes are kept; older ones are refused, and dropped. */
  fixDays: number;
  /** From this age on the newest fix no longer says where a vehicle is. */
  staleSeconds: number;
  /** Something was written that the task worker has to do. */
  onTask: (dueAt: Date) => void;
  now: () => Date;
  log: Log;
  metrics: Metrics;
};
