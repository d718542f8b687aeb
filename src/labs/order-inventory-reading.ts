import type { Order } from '../orders/shapes.ts';
import type { Call } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import type { LabParts } from './lab.ts';
import type { createCustomers } from './order-inventory-customers.ts';
import { hasForm, notFoundAs, orderForm } from './order-inventory-forms.ts';

const pageSize = 100;
/** The original lists everything; so much of it fits into one answer. */
const pagesMax = 100;
const cursorCharsMax = 500;
const noOrder = 'Order not found';

type Customers = Pick<ReturnType<typeof createCustomers>, 'namesOf'>;
type Reach = { cursor: string | undefined; pages: number };
type Listing = { shown: ReturnType<typeof orderForm>[]; nextCursor?: string };

/** Orders in the form of the original; those of several products have none. */
export function createReading({ services: { orders } }: LabParts, customers: Customers) {
  async function forms(found: readonly Order[]) {
    const names = await customers.namesOf(found.map(({ userId }) => userId));
    return found.map((order) => orderForm(order, names.get(order.userId) ?? ''));
  }

  async function newest({ cursor, pages }: Reach, call: Call): Promise<Listing> {
    const from = cursor === undefined ? {} : { cursor };
    const { items, nextCursor } = await orders.listOrders({ limit: pageSize, ...from }, call);
    const shown = await forms(items.filter(hasForm));
    if (nextCursor === undefined) return { shown };
    if (pages === 1) return { shown, nextCursor };
    const older = await newest({ cursor: nextCursor, pages: pages - 1 }, call);
    return { ...older, shown: [...shown, ...older.shown] };
  }

  return {
    async find(id: string, call: Call): Promise<Order> {
      if (!/^ORD\d{4,15}$/.test(id)) throw new AppError('notFound', noOrder);
      const order = await orders.getOrder({ id }, call).catch(notFoundAs(noOrder));
      if (!hasForm(order)) throw new AppError('notFound', noOrder);
      return order;
    },

    async form(order: Order) {
      const [form] = await forms([order]);
      return form;
    },

    /** The newest that there are, as far as they fit. */
    list: (cursor: unknown, call: Call) =>
      newest({ cursor: cursorFrom(cursor), pages: pagesMax }, call),
  };
}

function cursorFrom(cursor: unknown): string | undefined {
  if (cursor === undefined) return undefined;
  if (typeof cursor === 'string' && cursor.length <= cursorCharsMax) return cursor;
  throw new AppError('invalid', 'cursor is not one of ours');
}
