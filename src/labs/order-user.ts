import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import type { Call } from '../platform/call.ts';
import { AppError, invalid } from '../platform/errors.ts';
import { usersApi } from '../users/api.ts';
import { createCustomers } from './customers.ts';
import { refuseAs, type LabRefusal } from './doors.ts';
import type { Lab, LabParts, LabServices } from './lab.ts';
import { keyReader, messageOf, numberFrom, numberIn, offer, reader, type Key } from './offer.ts';
import { findOrder, numberOf, type Order } from './order-numbers.ts';
import { createProductNames, nameOf } from './product-names.ts';

const itemsMax = 1_000;
const totalMax = 1_000_000_000_000;
/** As many as an order has lines. */
const productsMax = 100;

const NewUser = Type.Object({
  name: Type.String({
    minLength: 1,
    maxLength: 120,
    pattern: '^\\P{Cc}*$',
    description: 'without control characters',
  }),
  email: { ...usersApi.register.body.properties.email, description: 'an e-mail address' },
});

const NewOrder = Type.Object({
  user_id: Type.String({ maxLength: 64 }),
  items: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
    minItems: 1,
    maxItems: itemsMax,
  }),
  total: Type.Optional(Type.Number({ minimum: 0, maximum: totalMax })),
});

export const lab: Lab = {
  summary: 'Users on 5000 and orders on 5001, with ids that are strings, and items by name',
  start: async (parts) => [
    { name: 'users', port: 5000, open: (app) => openUsers(app, parts) },
    { name: 'orders', port: 5001, open: (app) => openOrders(app, parts) },
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
      const { name, email } = readUser(body);
      // The original asks for no username, and here it must be unique.
      const user = await customers.register({ username: `user-${randomUUID()}`, email, name });
      reply.code(201).header('location', `/users/${user.number}`);
      return shownUser(user);
    },
  });

  offer(app, '/users/:id', {
    async GET(request) {
      const user = await customers.find(numberIn(request));
      if (!user) throw new AppError('notFound', 'User not found');
      return shownUser(user);
    },
  });
}

function openOrders(app: FastifyInstance, parts: LabParts): void {
  const place = createPlacing(parts);
  const readOrder = reader('body', NewOrder);
  const readKey = keyReader();
  refuseAs(app, inItsWords, parts.log);

  async function shown(order: Order): Promise<object> {
    const numbers = await createCustomers(parts).numbersOf([order.userId]);
    return shownOrder(order, numbers.get(order.userId));
  }

  offer(app, '/orders', {
    async POST(request, reply) {
      const wanted = { ...readOrder(request.body), key: readKey(request) };
      const call = await parts.asStaff();
      const order = await place(wanted, call);
      if (call.answer.replayed) reply.header('idempotency-replayed', 'true');
      reply.code(201).header('location', `/orders/${numberOf(order)}`);
      return shown(order);
    },
  });

  offer(app, '/orders/:id', {
    async GET(request) {
      const order = await findOrder(parts, numberIn(request));
      if (!order) throw new AppError('notFound', 'Order not found');
      return shown(order);
    },
  });
}

type Wanted = Static<typeof NewOrder> & { key: Key };

function createPlacing(parts: LabParts) {
  const { orders } = parts.services;
  const customers = createCustomers(parts);
  const price = createPricing(parts);

  /** Whether something was ordered under the key; if not, nothing ever will be. */
  async function wasOrdered({ idempotencyKey: key }: Key, userId: string): Promise<boolean> {
    if (key === undefined) return false;
    const { outcome } = await orders.abortOrder({ key, userId }, await parts.asStaff());
    return outcome === 'ordered';
  }

  return async ({ user_id, items, total, key }: Wanted, call: Call): Promise<Order> => {
    const userId = await customers.idOf(numberFrom(user_id));
    if (userId === undefined) throw new AppError('notFound', 'User not found');
    const { lines, cents } = await price(items);
    // A repetition is answered with what was ordered, even if prices have changed since.
    if (!agrees(total, cents) && !(await wasOrdered(key, userId))) throw disagreement(total, cents);

    const order = await orders.placeOrder({ lines, userId, ...key }, call);
    if (!agrees(total, order.totalCents)) {
      // The price has changed in between, so this is not what the customer has agreed to.
      if (!call.answer.replayed) await orders.cancelOrder({ id: order.id }, await parts.asStaff());
      throw disagreement(total, order.totalCents);
    }
    if (order.status === 'cancelled') throw new AppError('conflict', 'This order was cancelled');
    return order;
  };
}

/** What the items cost by the catalog; a name that comes again is one piece more. */
function createPricing(parts: LabParts) {
  const findProduct = createProductNames(parts);

  return async (items: readonly string[]) => {
    const piecesOf = Map.groupBy(items, (name) => name.trim().toLowerCase());
    if (piecesOf.size > productsMax) {
      throw invalid('body', '/items', `must not name more than ${productsMax} products`);
    }
    const found = piecesOf.values().map(async ([name = '', ...others]) => {
      const product = await findProduct(name);
      if (!product) throw new AppError('notFound', `Product not found: ${name}`);
      return { product, quantity: 1 + others.length };
    });
    const priced = await Promise.all(found);
    return {
      lines: priced.map(({ product, quantity }) => ({ productId: product.id, quantity })),
      cents: priced.reduce((sum, line) => sum + line.product.unitPriceCents * line.quantity, 0),
    };
  };
}

/** Exact: both are the number that is nearest to the same two decimal places. */
function agrees(total: number | undefined, cents: number): boolean {
  return total === undefined || total === cents / 100;
}

function disagreement(total: number | undefined, cents: number): AppError {
  const details = { total, computed_total: cents / 100 };
  return new AppError('invalid', `total is ${total}, but the items cost ${cents / 100}`, {
    details,
  });
}

type User = Awaited<ReturnType<LabServices['users']['getUser']>>;

function shownUser({ number, username, name = username, email }: User): object {
  return { id: String(number), name, email };
}

function shownOrder(order: Order, userNumber: number | undefined): object {
  return {
    id: String(numberOf(order)),
    user_id: userNumber === undefined ? null : String(userNumber),
    items: itemsOf(order),
    total: order.totalCents / 100,
  };
}

/** Each piece by its name; an order from elsewhere may have too many of them for that. */
function itemsOf({ lines }: Order): string[] {
  const pieces = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  if (pieces > itemsMax) return lines.map((line) => `${line.quantity} x ${nameOf(line)}`);
  return lines.flatMap((line) => Array.from({ length: line.quantity }, () => nameOf(line)));
}

function inItsWords(error: AppError): LabRefusal {
  const message = messageOf(error);
  // The request is well formed; it only does not agree with the catalog.
  if (error.code === 'invalid' && error.details) {
    return { status: 422, body: { message, ...error.details } };
  }
  return { status: error.status, body: { message } };
}
