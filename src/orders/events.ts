import type { CloudEvent } from '../platform/bus.ts';
import { orderOf, type OrderedRow } from './order-row.ts';
import type { News } from './outbox-store.ts';
import type { Order } from './shapes.ts';

/** An order is confirmed first, and then closed once; a late reader must not see the end first. */
export function orderEvent(
  kind: News['kind'],
  row: OrderedRow,
  currency: string,
): CloudEvent<Order> {
  const asPlaced = kind === 'placed';
  const order = orderOf(asPlaced ? { ...row, status: 'C', closedAt: null } : row, currency);
  const { id, version, placedAt } = order;
  return {
    specversion: '1.0',
    id: `${id}.${version}`,
    source: '/orders',
    type: `order.${kind}.v1`,
    subject: id,
    sequence: version,
    time: asPlaced ? placedAt : (row.closedAt ?? placedAt),
    datacontenttype: 'application/json',
    data: order,
  };
}
