import { randomUUID } from 'node:crypto';
import type { Service } from '../platform/api.ts';
import { batcher } from '../platform/batcher.ts';
import type { Call } from '../platform/call.ts';
import { isBadValue } from '../platform/database.ts';
import { traceparent } from '../platform/trace.ts';
import { isTraced } from '../platform/tracing.ts';
import { ownerFor, signedIn } from './access.ts';
import type { ordersApi } from './api.ts';
import { createCustomers } from './customers.ts';
import { orderIdOf } from './ids.ts';
import { createInFlight } from './in-flight.ts';
import { fingerprintOf, mergeLines } from './lines.ts';
import { orderOf } from './order-row.ts';
import type { OrdersParts } from './parts.ts';
import { createPlacing } from './placing.ts';
import type { Order } from './shapes.ts';
import type { Placed, Wanted } from './verdict.ts';

type Work = Pick<Service<typeof ordersApi>, 'placeOrder'>;

/** Placing orders: who may, what exactly, and then together with all who order in this moment. */
export function createPlacement(parts: OrdersParts): Work {
  const { currency, metrics } = parts;
  const expectActive = createCustomers(parts);
  const once = createInFlight();
  const orders = batcher<Wanted, Placed>({
    name: 'place',
    flush: createPlacing(parts),
    isPoison: isBadValue,
    sizeMax: 512,
    // What fits into one body between services, with room to spare.
    weigh: ({ lines }) => lines.length,
    weightMax: 8_000,
    inFlightMax: 2,
    queueMax: 5_000,
    waitMsMax: 200,
    metrics,
  });

  return {
    async placeOrder({ lines, userId, idempotencyKey }, call) {
      const caller = signedIn(call, 'orders:write');
      const owner = ownerFor(caller, userId);
      const merged = mergeLines(lines);
      const id = idempotencyKey === undefined ? randomUUID() : orderIdOf(owner, idempotencyKey);
      const wanted = {
        id,
        userId: owner,
        key: idempotencyKey,
        fp: fingerprintOf(merged),
        lines: merged,
        placedBy: caller.id,
        requestId: call.requestId,
        traceId: call.trace.traceId,
        traceparent: isTraced(call.trace) ? traceparent(call.trace) : undefined,
      };
      await expectActive(owner, call);
      const placed = await once(id, wanted.fp, () => orders.add(wanted, call));
      return shown(placed, currency, call);
    },
  };
}

function shown({ row, isNew }: Placed, currency: string, call: Call): Order {
  if (!isNew) call.answer.replayed = true;
  // What was ordered and is over is told as it is, and is not news.
  if (row.status !== 'C') call.answer.status = 200;
  return orderOf(row, currency);
}
