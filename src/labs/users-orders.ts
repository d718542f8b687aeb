import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import { ordersApi } from '../orders/api.ts';
import type { Call } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import { usersApi } from '../users/api.ts';
import { createCustomers } from './customers.ts';
import { refuseAs, type LabRefusal } from './doors.ts';
import type { Lab, LabParts } from './lab.ts';
import { keyReader, messageOf, numberIn, offer, reader, type Key } from './offer.ts';
import { findOrder, numberOf, type Order } from './order-numbers.ts';
import { createProductNames, nameOf } from './product-names.ts';

/** Newest first. */
type Listing = { shown: object[]; nextCursor?: string };

const pageSize = 100;
/** The original lists everything; this is how much of it comes in one answer. */
const pagesMax = 10;

const { username, email } = usersApi.register.body.properties;
const NewUser = Type.Object({
  username: { ...username, description: '1 to 80 letters, digits, dots, hyphens or underscores' },
  email: { ...email, description: 'an e-mail address' },
});

const NewOrder = Type.Object({
  product_name: Type.String({ minLength: 1, maxLength: 200 }),
  quantity: ordersApi.placeOrder.body.properties.lines.items.properties.quantity,
  user_id: Type.Integer(),
});

const Place = Type.Object({ cursor: ordersApi.listOrders.query.properties.cursor });

export const lab: Lab = {
  summary: 'Users on 8000 and orders on 8001, with integer ids',
  start: async (parts) => [
    { name: 'users', port: 8000, open: (app) => openUsers(app, parts) },
    { name: 'orders', port: 8001, open: (app) => openOrders(app, parts) },
  ],
};

function openUsers(app: FastifyInstance, parts: LabParts): void {
  const customers = createCustomers(parts);
  const readUser = reader('body', NewUser);
  refuseAs(app, inItsWords, parts.log);

  offer(app, '/users', {
    // A password is hashed, although nobody will ever use it.
    isSlow: true,
    async POST({ body }, reply) {
      const wanted = readUser(body);
      const newcomer = { username: wanted.username, email: wanted.email };
      const { number } = await customers.register(newcomer);
      reply.header('location', `/users/${number}`);
      return { message: 'user created' };
    },
  });

  offer(app, '/users/:id', {
    async GET(request) {
      const user = await customers.find(numberIn(request));
      if (!user) throw unknown('user');
      return { user: { email: user.email, id: user.number, username: user.username } };
    },
  });
}

function openOrders(app: FastifyInstance, parts: LabParts): void {
  const place = createPlacing(parts);
  const { show, newest } = createListing(parts);
  const readOrder = reader('body', NewOrder);
  const readKey = keyReader();
  const readPlace = reader('query', Place);
  refuseAs(app, inItsWords, parts.log);

  offer(app, '/orders', {
    async POST(request, reply) {
      const wanted = { ...readOrder(request.body), key: readKey(request) };
      const call = await parts.asStaff();
      const order = await place(wanted, call);
      if (call.answer.replayed) reply.header('idempotency-replayed', 'true');
      reply.header('location', `/orders/${numberOf(order)}`);
      return { message: 'order created' };
    },

    async GET({ query }, reply) {
      const { cursor } = readPlace(query);
      const { shown, nextCursor } = await newest(cursor, pagesMax);
      if (shown.length === 0) throw new AppError('notFound', 'no orders found');
      if (nextCursor !== undefined) {
        reply.header('link', `</orders?cursor=${encodeURIComponent(nextCursor)}>; rel="next"`);
      }
      return { orders: shown.toReversed() };
    },
  });

  offer(app, '/orders/:id', {
    async GET(request) {
      const found = await findOrder(parts, numberIn(request));
      if (!found) throw unknown('order');
      const [order] = await show([found]);
      return { order };
    },
  });
}

type Wanted = Static<typeof NewOrder> & { key: Key };

function createPlacing(parts: LabParts) {
  const customers = createCustomers(parts);
  const findProduct = createProductNames(parts);

  return async ({ key, ...wanted }: Wanted, call: Call): Promise<Order> => {
    const userId = await customers.idOf(wanted.user_id);
    if (userId === undefined) throw unknown('user');
    const product = await findProduct(wanted.product_name);
    if (!product) throw unknown('product');
    const lines = [{ productId: product.id, quantity: wanted.quantity }];
    return parts.services.orders.placeOrder({ lines, userId, ...key }, call);
  };
}

function createListing(parts: LabParts) {
  const customers = createCustomers(parts);

  async function show(orders: readonly Order[]): Promise<object[]> {
    const numbers = await customers.numbersOf(orders.map(({ userId }) => userId));
    return orders.map((order) => ({
      id: numberOf(order),
      // Only what was ordered elsewhere has several lines.
      product_name: order.lines.map(nameOf).join(', '),
      quantity: order.lines.reduce((sum, { quantity }) => sum + quantity, 0),
      user_id: numbers.get(order.userId) ?? null,
    }));
  }

  async function newest(cursor: string | undefined, pages: number): Promise<Listing> {
    const from = cursor === undefined ? {} : { cursor };
    const { listOrders } = parts.services.orders;
    const page = await listOrders({ limit: pageSize, ...from }, await parts.asStaff());
    const { nextCursor } = page;
    const shown = await show(page.items);
    if (nextCursor === undefined) return { shown };
    if (pages === 1) return { shown, nextCursor };
    const older = await newest(nextCursor, pages - 1);
    return { ...older, shown: [...shown, ...older.shown] };
  }
  return { show, newest };
}

function unknown(what: string): AppError {
  return new AppError('notFound', `${what} not found`);
}

function inItsWords(error: AppError): LabRefusal {
  return { status: error.status, body: { message: messageOf(error) } };
}
