import type { Order, Status } from './status-badge.tsx';

export type Filters = {
  status?: Status;
  userId?: string;
  productId?: string;
  placedFrom?: string;
  placedBefore?: string;
};

const statuses: readonly Status[] = ['confirmed', 'fulfilled', 'cancelled'];
const idForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const productForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const two = (value: number): string => String(value).padStart(2, '0');
const numberForm = /^(?:ORD)?(\d{1,15})$/i;

export const isProductId = (text: string): boolean => productForm.test(text);

/** What the address asks for; what nobody could mean is left out. */
export function filtersOf(query: URLSearchParams): Filters {
  const said = (name: string, isGood: (text: string) => boolean) => {
    const text = query.get(name);
    return text !== null && isGood(text) ? text : undefined;
  };
  const isTime = (text: string) => timeOf(text) !== undefined;
  return {
    status: statuses.find((status) => status === query.get('status')),
    userId: said('userId', (text) => idForm.test(text)),
    productId: said('productId', isProductId),
    placedFrom: timeOf(said('placedFrom', isTime)),
    placedBefore: timeOf(said('placedBefore', isTime)),
  };
}

export function isFiltered(filters: Filters): boolean {
  return Object.values(filters).some((value) => value !== undefined);
}

/** Whether Bazar would list this order under these filters. */
export function fits(order: Order, filters: Filters): boolean {
  const { status, userId, productId, placedFrom, placedBefore } = filters;
  const placedMs = Date.parse(order.placedAt);
  const checks = [
    status === undefined || order.status === status,
    userId === undefined || order.userId === userId,
    productId === undefined || order.lines.some((line) => line.productId === productId),
    placedFrom === undefined || placedMs >= Date.parse(placedFrom),
    placedBefore === undefined || placedMs < Date.parse(placedBefore),
  ];
  return checks.every(Boolean);
}

/** What a field for a date and a time holds, as Bazar wants it: in UTC. */
export function timeOf(local: string | undefined): string | undefined {
  const ms = Date.parse(local ?? '');
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** The other way round: a time in UTC, as such a field shows it. */
export function localOf(time: string | undefined): string {
  if (time === undefined) return '';
  const at = new Date(time);
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The name under which Bazar knows an order, from what people say: "ORD0042", "42", or its id. */
export function orderNameOf(text: string): string | undefined {
  const lower = text.trim().toLowerCase();
  if (idForm.test(lower)) return lower;
  const digits = numberForm.exec(lower)?.[1];
  return digits === undefined ? undefined : `ORD${digits.padStart(4, '0')}`;
}
