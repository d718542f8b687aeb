import type { Patience } from '../platform/call.ts';
import { crashPoint } from '../platform/crash.ts';
import type { AppError } from '../platform/errors.ts';
import { inSpan, isTraced } from '../platform/tracing.ts';
import { createDeciding, type Decided } from './deciding.ts';
import { isOrdered } from './order-row.ts';
import type { OrdersParts, Reservation } from './parts.ts';
import { createReserving } from './reserving.ts';
import {
  answerTo,
  answerToFound,
  refusalOf,
  verdictAfter,
  type Placed,
  type Wanted,
} from './verdict.ts';

/** What is reserved gets its verdict even if nobody waits any longer: or it would all be void. */
const decideMsMin = 2_000;

const commitStart = { name: 'orders commit verdicts', kind: 'internal' } as const;

/**
 * Two commits for a whole batch: catalog reserves stock, then the verdicts are written. The row that is
 * found is the answer, whoever wrote it, and anybody may repeat either step at any time.
 */
export function createPlacing(parts: OrdersParts) {
  const { reserve, isSettled } = createReserving(parts.catalog);
  const decide = createDeciding(parts);

  return async (batch: readonly Wanted[], patience: Patience): Promise<(Placed | AppError)[]> => {
    crashPoint('beforeReserve');
    const { batchId, reservations } = await reserve(batch, patience);
    crashPoint('afterReserve');
    const verdicts = batch.flatMap((wanted, i) => verdictAfter(wanted, at(reservations, i)) ?? []);
    // The row knows better whose the reservation is: it may be this very order that was first.
    const mismatched = batch
      .filter((_, i) => at(reservations, i).outcome === 'mismatch')
      .map(({ id }) => id);
    const untilMs = Math.max(patience.deadlineAtMs, performance.now() + decideMsMin);
    crashPoint('beforePlace');
    const commit = () => decide(verdicts, mismatched, untilMs);
    const { trace } = patience;
    const decided = await (isTraced(trace) ? inSpan(trace, commitStart, commit) : commit());
    if (isNews(decided)) parts.onOutbox('placed');
    crashPoint('beforeSettled');
    if (isDecided(reservations, decided)) isSettled([batchId]);
    crashPoint('beforeAnswer');
    return batch.map((wanted, i) => answer(wanted, at(reservations, i), decided));
  };
}

function at(reservations: readonly Reservation[], i: number): Reservation {
  const reservation = reservations[i];
  if (!reservation) throw new Error('Catalog has not answered for every order');
  return reservation;
}

/** Whether all stock that was reserved belongs to somebody: else the sweeper must see to it. */
function isDecided(reservations: readonly Reservation[], { made, found }: Decided): boolean {
  const reserved = reservations.filter(({ outcome }) => outcome === 'reserved');
  return (
    reserved.length > 0 &&
    reserved.every(({ orderId }) => {
      const row = made.get(orderId) ?? found.get(orderId);
      return row !== undefined && isOrdered(row);
    })
  );
}

function isNews({ made }: Decided): boolean {
  return made.values().some(isOrdered);
}

function answer(wanted: Wanted, reservation: Reservation, { made, found }: Decided) {
  const own = made.get(wanted.id);
  if (own) return answerTo(own, true);
  const row = found.get(wanted.id);
  return row ? answerToFound(wanted, row) : refusalOf(reservation);
}
