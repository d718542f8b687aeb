import type { Bus, CloudEvent } from '../platform/bus.ts';
import type { Database } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { repeat, type Repeated } from '../platform/repeat.ts';
import { lowStockStore, type LowNews } from './low-stock-store.ts';

type Parts = { database: Database; bus: Bus; log: Log };

const topic = 'stock';
const takenMax = 100;
/** Stock is not so urgent that the database should be asked all the time. */
const everyMsDefault = 1_000;

/** Tells the world which stock has become low, at least once, and then forgets it. */
export function openStockRelay({
  everyMs = everyMsDefault,
  ...parts
}: Parts & { everyMs?: number }): Repeated {
  const round = () => relayStock(parts);
  return repeat({ name: 'stock relay', everyMs, round, log: parts.log });
}

/** One round; `true` says that more is waiting. What could not be told stays for the next one. */
export async function relayStock({ database, bus }: Omit<Parts, 'log'>): Promise<boolean> {
  const store = lowStockStore(database);
  return database.transaction(async (transaction) => {
    const news = await store.take(transaction, takenMax);
    if (news.length === 0) return false;
    await bus.publish(topic, news.map(lowEvent));
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
