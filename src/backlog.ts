import { stockBacklogStore } from './catalog/backlog-store.ts';
import { orderBacklogStore } from './orders/backlog-store.ts';
import type { Queryable } from './platform/database.ts';
import type { Log } from './platform/log.ts';
import type { Metrics } from './platform/metrics.ts';
import { repeat, type Repeated } from './platform/repeat.ts';
import type { ServiceName } from './settings.ts';
import { freshnessStore } from './tracking/freshness-store.ts';

type Parts = {
  service: ServiceName;
  database: Pick<Queryable, 'one'>;
  staleSeconds: number;
  metrics: Pick<Metrics, 'outboxOldest' | 'holdsOldest' | 'vehicles'>;
  log: Log;
};

type Look = { look: () => Promise<void>; forget: () => void };

const everyMs = 30_000;

const looks: Record<ServiceName, ((parts: Parts) => Look) | undefined> = {
  users: undefined,
  catalog: lookAtStock,
  orders: lookAtOrders,
  tracking: lookAtVehicles,
};

/** Asks every half minute what waits in the database of a service, and puts it into the metrics. */
export function openBacklogWatch(parts: Parts): Repeated | undefined {
  const { service, log } = parts;
  const found = looks[service]?.(parts);
  if (!found) return undefined;
  const { look, forget } = found;

  async function round(): Promise<boolean> {
    try {
      await look();
    } catch (error) {
      // What is not known any more must not look as if it were, least of all as if nothing waited.
      forget();
      throw error;
    }
    return false;
  }
  return repeat({ name: `look at what waits in ${service}`, everyMs, round, log });
}

function lookAtStock({ service, database, metrics }: Parts): Look {
  const store = stockBacklogStore(database);
  return {
    async look() {
      const { outboxSeconds = 0, holdsSeconds = 0 } = (await store.oldest()) ?? {};
      metrics.outboxOldest.set({ service }, outboxSeconds);
      metrics.holdsOldest.set(holdsSeconds);
    },
    forget() {
      metrics.outboxOldest.remove({ service });
      metrics.holdsOldest.remove();
    },
  };
}

function lookAtOrders({ service, database, metrics }: Parts): Look {
  const store = orderBacklogStore(database);
  return {
    async look() {
      const { outboxSeconds = 0 } = (await store.oldest()) ?? {};
      metrics.outboxOldest.set({ service }, outboxSeconds);
    },
    forget: () => metrics.outboxOldest.remove({ service }),
  };
}

function lookAtVehicles({ database, staleSeconds, metrics }: Parts): Look {
  const store = freshnessStore(database);
  return {
    async look() {
      const { fresh = 0, stale = 0 } = (await store.count(staleSeconds)) ?? {};
      metrics.vehicles.set({ state: 'fresh' }, fresh);
      metrics.vehicles.set({ state: 'stale' }, stale);
    },
    forget() {
      metrics.vehicles.remove({ state: 'fresh' });
      metrics.vehicles.remove({ state: 'stale' });
    },
  };
}
