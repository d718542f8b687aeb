import { limitDefault, type Input, type Service } from '../platform/api.ts';
import { invalid } from '../platform/errors.ts';
import { pageOf } from '../platform/pages.ts';
import { isStaff, signedIn, type SignedIn } from './access.ts';
import type { ordersApi } from './api.ts';
import { orderFinder, type FoundRow } from './find-order.ts';
import { orderOf, type OrderedRow } from './order-row.ts';
import type { OrdersParts } from './parts.ts';
import { readStore, type OrderPage } from './read-store.ts';
import type { Status, Step } from './shapes.ts';

type Work = Pick<Service<typeof ordersApi>, 'getOrder' | 'listOrders' | 'getOrderHistory'>;
type Asked = Input<typeof ordersApi.listOrders>;
type Filters = Omit<OrderPage, 'below' | 'limit'>;

const letterOf: Record<Status, OrderedRow['status']> = {
  confirmed: 'C',
  cancelled: 'X',
  fulfilled: 'F',
};

/** Reads orders: customers find their own, staff find all. */
export function createReading({ database, cursors, currency }: OrdersParts): Work {
  const store = readStore(database);
  const find = orderFinder(database);

  return {
    async getOrder({ id }, call) {
      return orderOf(await find(signedIn(call, 'orders:read'), id), currency);
    },

    async listOrders(asked, call) {
      const caller = signedIn(call, 'orders:read');
      const filters = filtersOf(asked, caller);
      if (!filters) return { items: [] };
      const { limit = limitDefault, cursor } = asked;
      const list = JSON.stringify(['orders', ...Object.values(filters).map((f) => f ?? null)]);
      const below = cursor === undefined ? undefined : cursors.decode(list, cursor)[0];
      const rows = await store.page({
        ...filters,
        below: Number(below ?? Number.MAX_SAFE_INTEGER),
        limit: limit + 1,
      });

      const meant = rows.filter((row) => !row.isEdge);
      const page = pageOf(meant, {
        limit,
        item: (row) => orderOf(row, currency),
        cursor: ({ number }) => cursors.encode(list, [number]),
      });
      const edge = rows.find((row) => row.isEdge)?.number;
      if (page.nextCursor !== undefined || edge === undefined) return page;
      return { ...page, nextCursor: cursors.encode(list, [edge + 1]) };
    },

    async getOrderHistory({ id }, call) {
      return { items: stepsOf(await find(signedIn(call, 'orders:read'), id)) };
    },
  };
}

/** Nothing, if the caller asks for what only others may see. */
function filtersOf(asked: Asked, caller: SignedIn): Filters | undefined {
  const { status, productId } = asked;
  const userId = isStaff(caller) ? asked.userId : caller.id;
  const filters = {
    userId,
    status: status && letterOf[status],
    productId,
    placedFrom: timeIn(asked, 'placedFrom'),
    placedBefore: timeIn(asked, 'placedBefore'),
  };
  return asked.userId === undefined || asked.userId === userId ? filters : undefined;
}

/** As it came, because PostgreSQL reads it more exactly; but it must be in the calendar. */
function timeIn(asked: Asked, field: 'placedFrom' | 'placedBefore'): string | undefined {
  const text = asked[field];
  if (text === undefined) return undefined;
  const time = new Date(text);
  // JavaScript takes the 30th of February for the 2nd of March, and PostgreSQL has no year 0.
  const isReal =
    !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 10) === text.slice(0, 10);
  if (!isReal || text.startsWith('0000')) {
    throw invalid('query', `/${field}`, 'is not a time that there is');
  }
  return text;
}

/** An order has two steps at most, and both are in its row. */
function stepsOf(row: FoundRow): Step[] {
  const { placedAt, placedBy, requestId, traceId, closedAt, closedBy } = row;
  const placed = step('confirmed', placedAt, { by: placedBy, requestId, traceId });
  if (row.status === 'C' || closedAt === null) return [placed];
  const origin = {
    by: closedBy,
    requestId: row.closedRequest ?? '',
    traceId: row.closedTrace ?? '',
  };
  const status = row.status === 'X' ? 'cancelled' : 'fulfilled';
  return [placed, step(status, closedAt, origin)];
}

type Origin = { by: string | null; requestId: string; traceId: string };

function step(status: Status, at: string, { by, requestId, traceId }: Origin): Step {
  return {
    status,
    at,
    ...(by !== null && { byUserId: by }),
    requestId,
    traceId: traceId.replaceAll('-', ''),
  };
}
