import type { ServerEvent } from '../base/event-reader.ts';
import type { Order } from './status-badge.tsx';

/** The orders of which the stream tells: one that has changed, or the newest when it begins. */
export function ordersIn({ type, data }: ServerEvent): readonly Order[] {
  if (type === 'snapshot') return (JSON.parse(data) as { orders?: Order[] }).orders ?? [];
  return type?.startsWith('order.') ? [(JSON.parse(data) as { data: Order }).data] : [];
}
