import type { Cursors } from '../platform/cursor.ts';
import type { Database } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';

/** What the catalog is made of. */
export type CatalogParts = {
  database: Database;
  cursors: Cursors;
  now: () => Date;
  log: Log;
  metrics: Pick<Metrics, 'securityEvents'>;
};
