import type { Bus } from '../platform/bus.ts';
import type { Absence } from '../platform/bus-absence.ts';
import { ownCall } from '../platform/call.ts';
import { crashPoint } from '../platform/crash.ts';
import type { Queryable } from '../platform/database.ts';
import type { Traced } from '../platform/trace.ts';
import { inSpanOfMany, untraced, type Tracer } from '../platform/tracing.ts';
import { publishTraced } from '../platform/tracing-news.ts';
import { orderEvent } from './events.ts';
import type { OrderedRow } from './order-row.ts';
import type { News, OutboxStore } from './outbox-store.ts';
import type { Catalog } from './parts.ts';

export type TellingParts = {
  catalog: Pick<Catalog, 'releaseOrders' | 'shipOrders'>;
  bus: Bus;
  currency: string;
  tracer?: Tracer;
};

type ToTell = { news: readonly News[]; trace: Traced | undefined };

export const ordersTopic = 'orders';
const start = { name: 'orders relay', kind: 'internal' } as const;
/** Well below the time that the database lets a transaction idle. */
const catalogMsMax = 2_000;

/** Tells catalog and the bus what was taken out of the outbox, and notes who was told. */
export function createTelling(parts: TellingParts, store: OutboxStore, absence: Absence) {
  const { bus, currency, tracer = untraced } = parts;

  async function tell(transaction: Queryable, { news, trace }: ToTell): Promise<void> {
    await tellCatalog(parts, { news, trace });
    crashPoint('relayAfterCatalog');
    const isTold = !bus.isHeard(ordersTopic) || (await isPublished(transaction, { news, trace }));
    if (isTold) crashPoint('relayBeforeDelete');
    const seqs = news.map(({ seq }) => seq);
    await (isTold ? store.dropNews(transaction, seqs) : store.noteTold(transaction, seqs));
  }

  async function isPublished(transaction: Queryable, { news, trace }: ToTell): Promise<boolean> {
    const ids = news.flatMap(({ orderIds }) => orderIds);
    const rows = await store.ordersOf(transaction, ids);
    const rowOf = new Map(rows.map((row) => [row.id, row]));
    const events = news.flatMap(({ kind, orderIds }) =>
      orderIds.map((id) => orderEvent(kind, rowOf.get(id) as OrderedRow, currency)),
    );
    const originsOf = () =>
      news.flatMap(({ orderIds, traces }) => orderIds.map((id) => traces?.[id]));
    return absence.isTaken(publishTraced(bus, { topic: ordersTopic, events, originsOf, trace }));
  }

  return (transaction: Queryable, news: readonly News[]): Promise<void> => {
    if (!tracer.isOn) return tell(transaction, { news, trace: undefined });
    const origins = news.flatMap(({ traces }) => Object.values(traces ?? {}));
    const members = origins.map((origin) => ({ trace: tracer.resume(origin) }));
    return inSpanOfMany(members, start, (trace) => tell(transaction, { news, trace }));
  };
}

export async function tellCatalog(
  { catalog }: Pick<TellingParts, 'catalog'>,
  { news, trace }: ToTell,
): Promise<void> {
  const untold = news.filter(({ catalogTold }) => !catalogTold);
  const idsOf = (wanted: News['kind']) =>
    untold.flatMap(({ kind, orderIds }) => (kind === wanted ? orderIds : []));
  const [cancelled, fulfilled] = [idsOf('cancelled'), idsOf('fulfilled')];
  const call = { ...ownCall('orders', catalogMsMax), ...(trace && { trace }) };
  if (cancelled.length > 0) await catalog.releaseOrders({ orderIds: cancelled }, call);
  if (fulfilled.length > 0) await catalog.shipOrders({ orderIds: fulfilled }, call);
}
