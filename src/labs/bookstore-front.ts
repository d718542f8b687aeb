import { randomUUID } from 'node:crypto';
import type { Service } from '../platform/api.ts';
import type { Lifecycle } from '../platform/lifecycle.ts';
import type { Log } from '../platform/log.ts';
import { createMetrics } from '../platform/metrics.ts';
import { balanced } from './bookstore-balance.ts';
import { catalogApi, orderApi, type Shop } from './bookstore-api.ts';
import type { ReadCache } from './bookstore-cache.ts';
import { keepReplica } from './bookstore-replicas.ts';

type Parts = { replicas: number; log: Log; lifecycle: Lifecycle };

/** So many processes of each server, which stand in for one another. */
export async function openReplicas({ replicas, log, lifecycle }: Parts): Promise<Shop> {
  const metrics = createMetrics();
  const parts = { log, metrics };
  const each = <T>(keep: () => T): T[] => Array.from({ length: replicas }, keep);
  const catalogs = each(() => keepReplica({ part: 'catalog', api: catalogApi, ...parts }));
  const orders = each(() => keepReplica({ part: 'order', api: orderApi, ...parts }));
  const all = [...catalogs, ...orders];
  lifecycle.opened('replicas', async () => {
    await Promise.all(all.map(({ close }) => close()));
  });
  await Promise.all(all.map(({ ready }) => ready));
  return {
    catalog: balanced(catalogApi, () => live(catalogs)),
    order: balanced(orderApi, () => live(orders)),
  };
}

function live<T>(kept: readonly { service: () => T | undefined }[]): T[] {
  return kept.flatMap(({ service }) => service() ?? []);
}

/** Every change has a key before it leaves, so that it may be sent to a second replica. */
export function withKeys({ catalog, order }: Shop): Shop {
  return {
    catalog: {
      ...catalog,
      changeAmount: (input, call) =>
        catalog.changeAmount({ idempotencyKey: randomUUID(), ...input }, call),
    },
    order: {
      purchase: (input, call) => order.purchase({ idempotencyKey: randomUUID(), ...input }, call),
    },
  };
}

type Catalog = Service<typeof catalogApi>;
const keyOf = (name: string, input: object) => JSON.stringify([name, input]);

/** Reads come out of the cache; a change is acknowledged when the cache has forgotten the item. */
export function withCache({ catalog, order }: Shop, cache: ReadCache): Shop {
  // What a list shows of a book, its number and its title, no write of this lab changes.
  const search: Catalog['search'] = (input, call) =>
    cache.read({ key: keyOf('search', input) }, () => catalog.search(input, call));
  const info: Catalog['info'] = (input, call) =>
    cache.read({ key: keyOf('info', input), item: input.id }, () => catalog.info(input, call));
  return {
    catalog: {
      ...catalog,
      search,
      info,
      changeAmount: (input, call) => cache.write(input.id, () => catalog.changeAmount(input, call)),
      changePrice: (input, call) => cache.write(input.id, () => catalog.changePrice(input, call)),
    },
    order: {
      purchase: (input, call) => cache.write(input.id, () => order.purchase(input, call)),
    },
  };
}
