import type { FastifyInstance } from 'fastify';
import type { Order } from '../orders/shapes.ts';
import { AppError } from '../platform/errors.ts';
import { refuseAs, type LabRefusal } from './doors.ts';
import type { LabParts } from './lab.ts';
import { keyReader, offer } from './offer.ts';
import { createCustomers } from './order-inventory-customers.ts';
import {
  bodyReader,
  idIn,
  isProductId,
  NewOrder,
  notPositive,
  orderForm,
  refusalOf,
  sayIfReplayed,
} from './order-inventory-forms.ts';
import { createReading } from './order-inventory-reading.ts';

/** The order service of the original. */
export function openOrders(app: FastifyInstance, parts: LabParts): void {
  const { services, asStaff, log } = parts;
  const customers = createCustomers(parts);
  const reading = createReading(parts, customers);
  const readBody = bodyReader(NewOrder);
  const readKey = keyReader();
  refuseAs(app, inItsWords, log);

  offer(app, '/orders', {
    // A customer who is new gets a password, although nobody will use it, and that is slow.
    isSlow: true,

    async POST(request, reply) {
      const wanted = readBody(request.body);
      const { product_id: productId, quantity, customer_id: customerId = 'guest' } = wanted;
      const key = readKey(request);
      if (!isProductId(productId)) throw unknownProduct(productId);
      const call = await asStaff();
      const userId = await customers.userIdOf(customerId, call);
      const lines = [{ productId, quantity }];
      const order = await services.orders.placeOrder({ lines, userId, ...key }, call);
      reply.code(call.answer.status ?? 201).header('location', `/orders/${order.number}`);
      sayIfReplayed(call, reply);
      return orderForm(order, customerId);
    },

    async GET({ query }, reply) {
      const { cursor } = query as { cursor?: unknown };
      const { shown, nextCursor } = await reading.list(cursor, await asStaff());
      if (nextCursor !== undefined) {
        reply.header('link', `</orders?cursor=${encodeURIComponent(nextCursor)}>; rel="next"`);
      }
      return { orders: shown.toReversed(), total_count: shown.length };
    },
  });

  offer(app, '/orders/:id', {
    GET: async ({ params }) => reading.form(await reading.find(idIn(params), await asStaff())),

    async DELETE({ params }) {
      const call = await asStaff();
      const { id } = await reading.find(idIn(params), call);
      const order = await services.orders.cancelOrder({ id }, call);
      const { items } = await services.orders.getOrderHistory({ id }, call);
      // Of all who cancel at once, it was the one whose request the order remembers.
      if (items.at(-1)?.requestId !== call.requestId) return { message: 'Order already cancelled' };
      await giveBackNow(order, parts);
      return reading.form(order);
    },
  });
}

/** The relay of orders does it as well, if only a moment later; stock comes back once. */
async function giveBackNow({ id }: Order, parts: LabParts): Promise<void> {
  const { services, asService, log } = parts;
  await services.catalog.releaseOrders({ orderIds: [id] }, asService()).catch((err: unknown) => {
    log.warn({ err, orderId: id }, 'the stock of a cancelled order comes back later');
  });
}

function unknownProduct(productId: string): AppError {
  const details = { productIds: [productId] };
  return new AppError('unknownProduct', 'There is no such product', { details });
}

/** The order service repeats what the inventory service has told it. */
function inItsWords(error: AppError): LabRefusal {
  const { code, message, details } = error;
  if (code === 'outOfStock') {
    const { lines } = details as { lines: { available: number }[] };
    const body = { error: 'Insufficient inventory', available_quantity: lines[0]?.available ?? 0 };
    return { status: 400, body };
  }
  if (code === 'unknownProduct') {
    const [productId] = (details as { productIds: string[] }).productIds;
    return checkFailed({ available: false, error: 'Product not found', product_id: productId });
  }
  if (code === 'invalid' && message === notPositive) return checkFailed({ error: message });
  return refusalOf(error);
}

function checkFailed(details: object): LabRefusal {
  return { status: 400, body: { error: 'Inventory check failed', details } };
}
