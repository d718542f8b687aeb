import { AppError, invalid } from '../platform/errors.ts';
import { isOrdered, type OrderedRow, type OrderRow } from './order-row.ts';
import type { Reservation } from './parts.ts';
import type { NewOrder } from './place-store.ts';
import { orderVoided, outOfStock, type ShortLine } from './refusals.ts';
import type { WantedLine } from './shapes.ts';

/** An order on its way to a verdict. */
export type Wanted = Omit<NewOrder, 'status' | 'lines' | 'totalCents'> & { lines: WantedLine[] };

export type Placed = { row: OrderedRow; isNew: boolean };

/** The verdict to be written after what catalog said, if that leads to one. */
export function verdictAfter(wanted: Wanted, reservation: Reservation): NewOrder | undefined {
  if (reservation.outcome === 'reserved') {
    const { lines, totalCents } = reservation;
    return { ...wanted, status: 'C', lines, totalCents };
  }
  if (reservation.outcome === 'short') {
    return { ...wanted, status: 'J', lines: reservation.lines, totalCents: null };
  }
  if (reservation.outcome !== 'released') return undefined;
  return { ...wanted, status: 'V', lines: null, totalCents: null };
}

/** The answer to a row that was found, whoever wrote it. */
export function answerToFound(wanted: Wanted, row: OrderRow): Placed | AppError {
  // Whoever voids an order does not know what it was to be.
  if (row.status !== 'V' && row.fp?.toString('hex') !== wanted.fp) return keyReused();
  return answerTo(row, false);
}

/** The answer to the row of this very order. */
export function answerTo(row: OrderRow, isNew: boolean): Placed | AppError {
  if (isOrdered(row)) return { row, isNew };
  return row.status === 'V' ? orderVoided() : outOfStock(row.lines as ShortLine[]);
}

/** The refusal where there is no row to answer from, and none was to be written. */
export function refusalOf(reservation: Reservation): AppError {
  if (reservation.outcome === 'unknownProduct') {
    const { productIds } = reservation;
    return new AppError('unknownProduct', 'There is no such product', { details: { productIds } });
  }
  if (reservation.outcome === 'totalTooLarge') {
    return invalid('body', '/lines', 'cost more in all than can be counted exactly');
  }
  if (reservation.outcome === 'mismatch') return keyReused();
  throw new Error(`An order that was ${reservation.outcome} has no row`);
}

function keyReused(): AppError {
  return new AppError('keyReused', 'This Idempotency-Key was used for another order');
}
