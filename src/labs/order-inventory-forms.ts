import type { FastifyReply } from 'fastify';
import { Type, type Static, type TObject } from 'typebox';
import type { Product } from '../catalog/api.ts';
import { ordersApi } from '../orders/api.ts';
import type { Order } from '../orders/shapes.ts';
import type { Call } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import { checks } from '../platform/validate.ts';

const { quantity } = ordersApi.placeOrder.body.properties.lines.items.properties;
const productIdForm = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
/** What is no product is told as such, but not read without end. */
const saidId = Type.String({ maxLength: 200 });

export const notPositive = 'Quantity must be positive';
export const Item = Type.Object({ product_id: saidId, quantity });
export const NewOrder = Type.Object({
  product_id: saidId,
  quantity,
  customer_id: Type.Optional(Type.String({ maxLength: 80 })),
});
export const Restock = Type.Object({ quantity });

/** Reads bodies of one shape, and says what is wrong as the original does. */
export function bodyReader<S extends TObject>(schema: S) {
  const check = checks()('body', schema);
  const fields = schema.required ?? [];
  const missing = `Missing required field${fields.length > 1 ? 's' : ''}: ${fields.join(', ')}`;
  return (body: unknown): Static<S> => {
    try {
      check(body ?? {});
    } catch (error) {
      throw inWords(error, missing);
    }
    return body as Static<S>;
  };
}

function inWords(error: unknown, missing: string): unknown {
  const [first] = error instanceof AppError ? (error.errors ?? []) : [];
  if (!first) return error;
  const { pointer, detail } = first;
  if (detail === 'is missing') return new AppError('invalid', missing);
  if (pointer === '/quantity' && detail === 'must be >= 1') {
    return new AppError('invalid', notPositive);
  }
  return new AppError('invalid', `${pointer.slice(1) || 'the body'} ${detail}`);
}

export const idIn = (params: unknown): string => (params as { id: string }).id;

export function sayIfReplayed({ answer }: Call, reply: FastifyReply): void {
  if (answer.replayed) reply.header('idempotency-replayed', 'true');
}

/** Whether something can be the id of a product at all. */
export function isProductId(text: string): boolean {
  return productIdForm.test(text);
}

/** Refuses what is not found in the words of the original. */
export function notFoundAs(text: string) {
  return (error: unknown): never => {
    const isUnknown = error instanceof AppError && error.code === 'notFound';
    throw isUnknown ? new AppError('notFound', text) : error;
  };
}

/** What all refusals of both services have in common. */
export function refusalOf({ status, message }: AppError) {
  if (status === 503 || status === 504) {
    return { status: 503, body: { error: 'Service communication error', message } };
  }
  return { status, body: { error: status === 500 ? 'Internal server error' : message } };
}

/** The original writes UTC as an offset, with microseconds. */
export function timeOf(time: string): string {
  return time.replace(/(\.\d{3})Z$/, '$1000+00:00');
}

/** Nearest to so many cents, so it is written with just these cents. */
const priceOf = (cents: number): number => cents / 100;

export function orderForm(order: Order, customerId: string) {
  const { number, lines, status, placedAt, totalCents, cancelledAt } = order;
  return {
    order_id: number,
    product_id: lines[0]?.productId,
    quantity: lines[0]?.quantity,
    customer_id: customerId,
    status,
    created_at: timeOf(placedAt),
    total_price: priceOf(totalCents),
    ...(cancelledAt !== undefined && { cancelled_at: timeOf(cancelledAt) }),
  };
}

/** An order of several products cannot be said in this form. */
export function hasForm({ lines }: Order): boolean {
  return lines.length === 1;
}

/** The version that a product has until it is edited or its stock moves. */
const versionUntouched = '1-1';

export function productForm({ version, updatedAt, ...product }: Product) {
  return {
    product_id: product.id,
    name: product.title,
    price: priceOf(product.unitPriceCents),
    available_quantity: product.available,
    reserved_quantity: product.reserved,
    ...(version !== versionUntouched && { last_updated: timeOf(updatedAt) }),
  };
}

export function checkForm({ id, available, unitPriceCents }: Product, asked: number) {
  return {
    available: available >= asked,
    product_id: id,
    requested_quantity: asked,
    available_quantity: available,
    price: priceOf(unitPriceCents),
  };
}
