import type { Service } from '../platform/api.ts';
import type { Call } from '../platform/call.ts';
import { crashPoint } from '../platform/crash.ts';
import { AppError } from '../platform/errors.ts';
import { traceparent } from '../platform/trace.ts';
import { isTraced } from '../platform/tracing.ts';
import { signedIn, staffOnly, type SignedIn } from './access.ts';
import type { ordersApi } from './api.ts';
import { closeStore, type Closing } from './close-store.ts';
import { orderFinder } from './find-order.ts';
import { orderOf, type OrderedRow } from './order-row.ts';
import type { OrdersParts } from './parts.ts';
import type { Order } from './shapes.ts';

type Work = Pick<Service<typeof ordersApi>, 'cancelOrder' | 'fulfilOrder'>;

const tooLate: Record<Closing['status'], string> = {
  X: 'This order was fulfilled already, so it can no longer be cancelled',
  F: 'This order was cancelled, so it cannot be fulfilled',
};

/** Ends an order: cancelled or fulfilled, whichever comes first, and told to others once. */
export function createClosing({ database, currency, now, onOutbox }: OrdersParts): Work {
  const store = closeStore(database);
  const find = orderFinder(database);

  /** Whose order it is never changes, so that it may be looked at before. */
  async function close(id: string, status: Closing['status'], call: CallBy): Promise<Order> {
    const found = await find(call.user, id);
    if (found.status !== 'C') return inState(found, status);
    const closed = await store.close({
      id: found.id,
      status,
      at: now().toISOString(),
      by: call.user.id,
      requestId: call.requestId,
      traceId: call.trace.traceId,
      traceparent: isTraced(call.trace) ? traceparent(call.trace) : undefined,
    });
    crashPoint('cancelAfterCommit');
    // Somebody else was faster; what they have done is seen by a new statement only.
    if (!closed) return inState(await find(call.user, id), status);
    onOutbox(status === 'X' ? 'cancelled' : 'fulfilled');
    return orderOf(closed, currency);
  }

  function inState(row: OrderedRow, status: Closing['status']): Order {
    if (row.status !== status) throw new AppError('conflict', tooLate[status]);
    return orderOf(row, currency);
  }

  return {
    cancelOrder: async ({ id }, call) =>
      close(id, 'X', { ...call, user: signedIn(call, 'orders:write') }),
    fulfilOrder: async ({ id }, call) =>
      close(id, 'F', { ...call, user: staffOnly(call, 'orders:write') }),
  };
}

type CallBy = Call & { user: SignedIn };
