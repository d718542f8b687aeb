import type { Service } from '../platform/api.ts';
import { serviceOnly, type Call } from '../platform/call.ts';
import { ownerFor, signedIn } from './access.ts';
import type { ordersApi } from './api.ts';
import { orderIdOf } from './ids.ts';
import { isOrdered, orderOf, verdictOf } from './order-row.ts';
import type { OrdersParts } from './parts.ts';
import { outOfStock, type ShortLine } from './refusals.ts';
import { verdictStore } from './verdict-store.ts';

type Work = Pick<Service<typeof ordersApi>, 'resolve' | 'abortOrder'>;

/** Says for good what became of an order; what was not there until now never will be. */
export function createVerdicts({ database, currency, now }: OrdersParts): Work {
  const store = verdictStore(database);
  const originOf = ({ requestId, trace }: Call) => ({
    at: now().toISOString(),
    requestId,
    traceId: trace.traceId,
  });

  return {
    async resolve({ orderIds }, call) {
      serviceOnly(call);
      const ids = [...new Set(orderIds)];
      const rows = await store.verdictsOn(ids, originOf(call));
      const letters = new Map(rows.map(({ id, status }) => [id, status]));
      return {
        verdicts: ids.map((orderId) => ({
          orderId,
          verdict: verdictOf[present(letters.get(orderId), orderId)],
        })),
      };
    },

    async abortOrder({ key, userId: asked }, call) {
      const caller = signedIn(call, 'orders:write');
      const userId = ownerFor(caller, asked);
      const id = orderIdOf(userId, key);
      const found = await store.rowUnder({ ...originOf(call), id, userId, key, by: caller.id });
      const row = present(found, id);
      if (isOrdered(row)) return { outcome: 'ordered', order: orderOf(row, currency) };
      // Who is told that nothing was ordered must not hear later that it was short, or the reverse.
      if (row.status === 'J') throw outOfStock(row.lines as ShortLine[]);
      return { outcome: 'voided' };
    },
  };
}

/** To guess here would give back stock that is sold. */
function present<T>(found: T | undefined, id: string): T {
  if (found === undefined) throw new Error(`Order ${id} has no verdict right after it was given`);
  return found;
}
