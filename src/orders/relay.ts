import { createAbsence } from '../platform/bus-absence.ts';
import { crashPoint } from '../platform/crash.ts';
import type { Database } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { repeat } from '../platform/repeat.ts';
import { outboxStore, type News, type OutboxStore } from './outbox-store.ts';
import { createTelling, ordersTopic, tellCatalog, type TellingParts } from './telling.ts';

type Parts = TellingParts & { database: Database; log: Log };

/** What another process has left behind is found within this time. */
const everyMs = 1_000;
/** A row is a whole batch, so this is some thousand orders. */
const takenMax = 16;
const droppedMax = 1_000;
/** Ends of orders come one by one, so these are as many orders. */
const untoldMax = 500;
/** An outage longer than this loses events; an id that waits takes a tenth of the order's own place. */
const staleHours = 24;

/** Tells catalog and the world what has become of orders, at least once, and then forgets it. */
export function openRelay(parts: Parts) {
  const { database, bus, log } = parts;
  const store = outboxStore(database);
  const absence = createAbsence(log);
  const tell = createTelling(parts, store, absence);

  async function round(): Promise<boolean> {
    if (absence.isToTry()) {
      const isMore = await tellAll();
      if (absence.isToTry()) return isMore;
      await dropStale(store, log);
    }
    // Catalog does not wait for the bus: stock must come back.
    return tellCatalogOnly(parts, store);
  }

  async function tellAll(): Promise<boolean> {
    const placedToo = bus.isHeard(ordersTopic);
    const dropped = placedToo ? 0 : await store.dropUnheard(droppedMax);
    // While nobody knows whether the bus is back, one row is enough to find out.
    const max = absence.isAway() ? 1 : takenMax;
    const taken = await database.transaction(async (transaction) => {
      const news = await store.takeNews(transaction, { placedToo, max });
      crashPoint('relayAfterTake');
      if (news.length > 0) await tell(transaction, news);
      return news.length;
    });
    return taken === max || dropped === droppedMax;
  }

  const rounds = repeat({ name: 'relay', everyMs, round, log });
  return {
    close: rounds.close,
    onOutbox: (kind: News['kind']): void => {
      // What nobody waits to hear can wait for the next round.
      if (kind !== 'placed' || bus.isHeard(ordersTopic)) rounds.poke();
    },
  };
}

/** The news stays for the bus; `true` says that more is waiting. */
function tellCatalogOnly(parts: Parts, store: OutboxStore): Promise<boolean> {
  return parts.database.transaction(async (transaction) => {
    const news = await store.takeUntold(transaction, untoldMax);
    if (news.length === 0) return false;
    await tellCatalog(parts, { news, trace: undefined });
    await store.noteTold(
      transaction,
      news.map(({ seq }) => seq),
    );
    return news.length === untoldMax;
  });
}

async function dropStale(store: OutboxStore, log: Log): Promise<void> {
  const count = await store.dropStale(droppedMax, staleHours);
  if (count > 0) log.error({ count, staleHours }, 'news of orders was dropped: no bus took it');
}
