import { fits, type Filters } from './staff-filters.ts';
import type { Order } from './status-badge.tsx';

/** More rows nobody reads, and a page should stay quick when it is open all day. */
export const rowsMax = 500;

/** The list with what is new in it, newest orders first: of each order the newest version. */
export function enter(
  shown: readonly Order[],
  news: Iterable<Order>,
  filters: Filters,
): readonly Order[] {
  const known = new Map(shown.map((order) => [order.id, order]));
  for (const order of news) {
    const before = known.get(order.id);
    if (before && Number(before.version) > Number(order.version)) continue;
    if (fits(order, filters)) known.set(order.id, order);
    else known.delete(order.id);
  }
  return [...known.values()].toSorted((a, b) => rankOf(b) - rankOf(a)).slice(0, rowsMax);
}

/** Numbers rise, also among orders of one moment. */
function rankOf({ number }: Order): number {
  return Number(number.replace(/^\D+/, ''));
}
