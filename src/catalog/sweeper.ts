import type { ordersApi } from '../orders/api.ts';
import type { Service } from '../platform/api.ts';
import { ownCall } from '../platform/call.ts';
import { crashPoint } from '../platform/crash.ts';
import type { Log } from '../platform/log.ts';
import { repeat, type Repeated } from '../platform/repeat.ts';
import type { catalogApi } from './api.ts';

type Verdict = Awaited<ReturnType<Parts['orders']['resolve']>>['verdicts'][number]['verdict'];

type Parts = {
  catalog: Pick<Service<typeof catalogApi>, 'oldHolds' | 'settle'>;
  orders: Pick<Service<typeof ordersApi>, 'resolve'>;
  holdSeconds: number;
  log: Log;
};

/** Full batches of this many name as many orders as one call may ask about. */
const holdsMax = 40;
const callMsMax = 5_000;
const everyMsMin = 500;
const everyMsMax = 5_000;

/** Only these came to nothing. What was fulfilled has left the house, and does not come back. */
const givesBack: Record<Verdict, boolean> = {
  rejected: true,
  void: true,
  cancelled: true,
  confirmed: false,
  fulfilled: false,
};

/** Asks for the verdicts on batches that nobody has settled, for as long as the process lives. */
export function openSweeper({ everyMs, ...parts }: Parts & { everyMs?: number }): Repeated {
  const sixthMs = (parts.holdSeconds * 1_000) / 6;
  return repeat({
    name: 'sweeper',
    everyMs: everyMs ?? Math.min(Math.max(sixthMs, everyMsMin), everyMsMax),
    round: () => sweep(parts),
    log: parts.log,
  });
}

/**
 * One round; `true` says that more is waiting. It holds no lock while it asks, and may end at any
 * point: the verdicts it was given stay as they are, so that the next round, or another process
 * that does the same right now, comes to the same end.
 */
export async function sweep({ catalog, orders, holdSeconds, log }: Parts): Promise<boolean> {
  const old = { olderThanSeconds: holdSeconds, limit: holdsMax };
  const { holds } = await catalog.oldHolds(old, ownCall('sweeper', callMsMax));
  if (holds.length === 0) return false;
  crashPoint('sweepAfterOldHolds');

  const verdicts = await verdictsOn(idsIn(holds), orders);
  crashPoint('sweepAfterResolve');
  const decided = holds.filter(({ orderIds }) => orderIds.every((id) => verdicts.has(id)));
  if (decided.length < holds.length) {
    const batches = holds.length - decided.length;
    log.warn({ batches }, 'no verdict on some orders, whose stock stays reserved');
  }
  if (decided.length === 0) return false;

  const batchIds = decided.map(({ batchId }) => batchId);
  const releaseIds = idsIn(decided).filter((id) => givesBack[verdicts.get(id) ?? 'confirmed']);
  const { released } = await catalog.settle(
    { batchIds, releaseIds },
    ownCall('sweeper', callMsMax),
  );
  crashPoint('sweepAfterSettle');
  const level = released > 0 ? 'info' : 'debug';
  log[level]({ batches: batchIds.length, released }, 'settled batches that nobody had settled');
  // Had none been decided, the next page would be this one.
  return holds.length === holdsMax;
}

async function verdictsOn(orderIds: string[], orders: Parts['orders']) {
  if (orderIds.length === 0) return new Map<string, Verdict>();
  const { verdicts } = await orders.resolve({ orderIds }, ownCall('sweeper', callMsMax));
  return new Map(verdicts.map(({ orderId, verdict }) => [orderId, verdict]));
}

/** Several batches may wait for one order, if somebody has tried again. */
function idsIn(holds: readonly { orderIds: string[] }[]): string[] {
  return [...new Set(holds.flatMap(({ orderIds }) => orderIds))];
}
