import { AppError } from '../platform/errors.ts';
import type { LabParts, LabServices } from './lab.ts';

export type Order = Awaited<ReturnType<LabServices['orders']['getOrder']>>;

/** The order with this number, if there is one. */
export async function findOrder(
  { services: { orders }, asStaff }: LabParts,
  number: number | undefined,
): Promise<Order | undefined> {
  if (number === undefined) return undefined;
  const id = `ORD${String(number).padStart(4, '0')}`;
  return orders.getOrder({ id }, await asStaff()).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'notFound') return undefined;
    throw error;
  });
}

/** `ORD0012` is 12. */
export function numberOf({ number }: Order): number {
  return Number(number.slice('ORD'.length));
}
