import type { Bus, CloudEvent } from '../platform/bus.ts';
import { createAbsence } from '../platform/bus-absence.ts';
import type { Database } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { repeat, type Repeated } from '../platform/repeat.ts';
import { inSpanOfMany, untraced, type Tracer } from '../platform/tracing.ts';
import { publishTraced } from '../platform/tracing-news.ts';
import { lowStockStore, type LowNews } from './low-stock-store.ts';
import { staleNewsStore } from './stale-news-store.ts';

type Parts = { database: Database; bus: Bus; log: Log; tracer?: Tracer };

const topic = 'stock';
const takenMax = 100;
const droppedMax = 1_000;
/** What is low can be asked for at any time; that it became so yesterday is no news. */
const staleHours = 24;
/** Stock is not so urgent that the database should be asked all the time. */
const everyMsDefault = 1_000;

/** Tells the world which stock has become low, at least once, and then forgets it. */
export function openStockRelay({
  everyMs = everyMsDefault,
  ...parts
}: Parts & { everyMs?: number }): Repeated {
  const { database, log } = parts;
  const absence = createAbsence(log);
  const { dropStale } = staleNewsStore(database);

  async function round(): Promise<boolean> {
    const isMore = await tell(database, (news) => absence.isTaken(publish(news, parts)));
    const dropped = absence.isAway() ? await dropStale(droppedMax, staleHours) : 0;
    if (dropped > 0)
      log.error({ dropped, staleHours }, 'news of stock was dropped: no bus took it');
    return isMore;
  }

  return repeat({ name: 'stock relay', everyMs, round, log });
}

/** One round; `true` says that more is waiting. What could not be told stays for the next one. */
export function relayStock({ database, bus }: Omit<Parts, 'log'>): Promise<boolean> {
  return tell(database, async (news) => {
    await publish(news, { bus });
    return true;
  });
}

function publish(
  news: readonly LowNews[],
  { bus, tracer = untraced }: Pick<Parts, 'bus' | 'tracer'>,
): Promise<void> {
  const members = news.map((one) => ({ trace: tracer.resume(one.traceparent) }));
  const events = news.map(lowEvent);
  const originsOf = () => news.map((one) => one.traceparent);
  return inSpanOfMany(members, { name: 'catalog relay', kind: 'internal' }, (trace) =>
    publishTraced(bus, { topic, events, originsOf, trace }),
  );
}

async function tell(
  database: Database,
  isTaken: (news: LowNews[]) => Promise<boolean>,
): Promise<boolean> {
  const store = lowStockStore(database);
  return database.transaction(async (transaction) => {
    const news = await store.take(transaction, takenMax);
    if (news.length === 0 || !(await isTaken(news))) return false;
    await store.drop(
      transaction,
      news.map(({ seq }) => seq),
    );
    return news.length === takenMax;
  });
}

function lowEvent({ productId, title, available, lowAt, version, at }: LowNews): CloudEvent {
  return {
    specversion: '1.0',
    id: `${productId}.${version}`,
    source: '/catalog',
    type: 'stock.low.v1',
    subject: productId,
    sequence: String(version),
    time: at,
    datacontenttype: 'application/json',
    data: { productId, title, available, lowAt },
  };
}
