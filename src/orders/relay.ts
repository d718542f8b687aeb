import type { Bus } from '../platform/bus.ts';
import { ownCall } from '../platform/call.ts';
import { crashPoint } from '../platform/crash.ts';
import type { Database, Queryable } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { repeat } from '../platform/repeat.ts';
import { orderEvent } from './events.ts';
import type { OrderedRow } from './order-row.ts';
import { outboxStore, type News } from './outbox-store.ts';
import type { Catalog } from './parts.ts';

type Parts = {
  database: Database;
  catalog: Pick<Catalog, 'releaseOrders' | 'shipOrders'>;
  bus: Bus;
  currency: string;
  log: Log;
};

const topic = 'orders';
/** What another process has left behind is found within this time. */
const everyMs = 1_000;
/** A row is a whole batch, so this is some thousand orders. */
const takenMax = 16;
const droppedMax = 1_000;
/** Well below the time that the database lets a transaction idle. */
const catalogMsMax = 2_000;

/** Tells catalog and the world what has become of orders, at least once, and then forgets it. */
export function openRelay(parts: Parts) {
  const { database, bus, log } = parts;
  const store = outboxStore(database);

  async function round(): Promise<boolean> {
    const placedToo = bus.isHeard(topic);
    const dropped = placedToo ? 0 : await store.dropUnheard(droppedMax);
    const taken = await database.transaction(async (transaction) => {
      const news = await store.takeNews(transaction, { placedToo, max: takenMax });
      crashPoint('relayAfterTake');
      if (news.length === 0) return 0;
      await tellCatalog(parts, news);
      crashPoint('relayAfterCatalog');
      if (bus.isHeard(topic)) await publish(transaction, news);
      crashPoint('relayBeforeDelete');
      await store.dropNews(
        transaction,
        news.map(({ seq }) => seq),
      );
      return news.length;
    });
    return taken === takenMax || dropped === droppedMax;
  }

  async function publish(transaction: Queryable, news: readonly News[]): Promise<void> {
    const ids = news.flatMap(({ orderIds }) => orderIds);
    const rows = await store.ordersOf(transaction, ids);
    const rowOf = new Map(rows.map((row) => [row.id, row]));
    const events = news.flatMap(({ kind, orderIds }) =>
      orderIds.map((id) => orderEvent(kind, rowOf.get(id) as OrderedRow, parts.currency)),
    );
    await bus.publish(topic, events);
  }

  const rounds = repeat({ name: 'relay', everyMs, round, log });
  return {
    close: rounds.close,
    onOutbox: (kind: News['kind']): void => {
      // What nobody waits to hear can wait for the next round.
      if (kind !== 'placed' || bus.isHeard(topic)) rounds.poke();
    },
  };
}

async function tellCatalog({ catalog }: Parts, news: readonly News[]): Promise<void> {
  const idsOf = (wanted: News['kind']) =>
    news.flatMap(({ kind, orderIds }) => (kind === wanted ? orderIds : []));
  const [cancelled, fulfilled] = [idsOf('cancelled'), idsOf('fulfilled')];
  const call = ownCall('orders', catalogMsMax);
  if (cancelled.length > 0) await catalog.releaseOrders({ orderIds: cancelled }, call);
  if (fulfilled.length > 0) await catalog.shipOrders({ orderIds: fulfilled }, call);
}
