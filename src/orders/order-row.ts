import type { Order, OrderLine, Status, Verdict } from './shapes.ts';

export type Letter = 'C' | 'J' | 'V' | 'X' | 'F';

/** A row of orders.orders, as `orderColumns` reads it. */
export type OrderRow = {
  id: string;
  status: Letter;
  number: number | null;
  userId: string | null;
  fp: Buffer | null;
  lines: unknown;
  totalCents: number | null;
  placedAt: string;
  closedAt: string | null;
};

/** A row that was ordered at some time, whatever became of it. */
export type OrderedRow = OrderRow & {
  status: 'C' | 'X' | 'F';
  number: number;
  userId: string;
  lines: OrderLine[];
  totalCents: number;
};

export const orderColumns = `id, status, number, user_id as "userId", fp, lines,
  total_cents as "totalCents", placed_at as "placedAt", closed_at as "closedAt"`;

const statusOf: Record<OrderedRow['status'], Status> = {
  C: 'confirmed',
  X: 'cancelled',
  F: 'fulfilled',
};

export const verdictOf: Record<Letter, Verdict['verdict']> = {
  ...statusOf,
  J: 'rejected',
  V: 'void',
};

export function isOrdered(row: OrderRow): row is OrderedRow {
  return row.status in statusOf;
}

/** An order as the contract shows it; the same row always reads the same, to the byte. */
export function orderOf(row: OrderedRow, currency: string): Order {
  const { id, number, userId, lines, totalCents, placedAt, closedAt } = row;
  return {
    id,
    number: numberText(number),
    userId,
    status: statusOf[row.status],
    lines,
    totalCents,
    currency,
    placedAt,
    ...(row.status === 'X' && closedAt !== null && { cancelledAt: closedAt }),
    ...(row.status === 'F' && closedAt !== null && { fulfilledAt: closedAt }),
    version: row.status === 'C' ? '1' : '2',
  };
}

/** `ORD0001`: four digits at least. */
export function numberText(number: number): string {
  return `ORD${String(number).padStart(4, '0')}`;
}
