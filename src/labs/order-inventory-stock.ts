import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Product } from '../catalog/api.ts';
import { AppError } from '../platform/errors.ts';
import { idOf } from '../platform/idempotency.ts';
import { refuseAs, type LabRefusal } from './doors.ts';
import type { LabParts } from './lab.ts';
import { keyReader, offer, type Key } from './offer.ts';
import {
  bodyReader,
  checkForm,
  idIn,
  isProductId,
  Item,
  notFoundAs,
  productForm,
  refusalOf,
  Restock,
  sayIfReplayed,
} from './order-inventory-forms.ts';
import { createRelease, note } from './order-inventory-release.ts';

/** What the original had in stock; by its id every product of the shop can be asked for. */
const topic = 'electronics';
const pageSize = 100;
const pagesMax = 10;
const noProduct = 'Product not found';

/** The inventory service of the original. */
export function openStock(app: FastifyInstance, parts: LabParts): void {
  const find = finder(parts);
  refuseAs(app, inItsWords, parts.log);
  openProducts(app, parts, find);
  openReservations(app, parts, find);
}

type Find = (id: string) => Promise<Product>;

function finder({ services: { catalog }, asService }: LabParts): Find {
  return async (id) => {
    if (!isProductId(id)) throw new AppError('notFound', noProduct);
    return catalog.getProduct({ id }, asService()).catch(notFoundAs(noProduct));
  };
}

function openProducts(app: FastifyInstance, parts: LabParts, find: Find): void {
  const { catalog } = parts.services;
  const readBody = bodyReader(Restock);
  const readKey = keyReader();

  async function all(cursor: string | undefined, pages: number): Promise<Product[]> {
    const query = { topic, limit: pageSize, ...(cursor !== undefined && { cursor }) };
    const { items, nextCursor } = await catalog.listProducts(query, parts.asService());
    if (nextCursor === undefined || pages === 1) return items;
    return [...items, ...(await all(nextCursor, pages - 1))];
  }

  offer(app, '/inventory', {
    async GET() {
      const found = await all(undefined, pagesMax);
      const products = found.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(productForm);
      return { products, total_products: products.length };
    },
  });

  offer(app, '/inventory/:id', {
    GET: async ({ params }) => productForm(await find(idIn(params))),
  });

  offer(app, '/inventory/:id/restock', {
    async POST(request, reply) {
      const { quantity } = readBody(request.body);
      const idempotencyKey = keyFor('restock', readKey(request));
      const { id } = await find(idIn(request.params));
      const call = parts.asService();
      const move = { id, idempotencyKey, delta: quantity, reason: 'restock' } as const;
      const { availableAfter } = await catalog.addStockMove(move, call);
      sayIfReplayed(call, reply);
      return {
        success: true,
        product_id: id,
        restocked_quantity: quantity,
        new_available_quantity: availableAfter,
      };
    },
  });
}

function openReservations(app: FastifyInstance, parts: LabParts, find: Find): void {
  const { catalog } = parts.services;
  const release = createRelease(parts);
  const readBody = bodyReader(Item);
  const readKey = keyReader();

  offer(app, '/inventory/check', {
    async POST({ body }) {
      const { product_id: id, quantity } = readBody(body);
      return checkForm(await find(id).catch(unavailable(id)), quantity);
    },
  });

  offer(app, '/inventory/reserve', {
    async POST(request, reply) {
      const { product_id: productId, quantity } = readBody(request.body);
      const idempotencyKey = keyFor('reserve', readKey(request));
      await find(productId);
      const call = parts.asService();
      await catalog.createHold({ idempotencyKey, lines: [{ productId, quantity }], note }, call);
      sayIfReplayed(call, reply);
      const { available } = await find(productId);
      return {
        success: true,
        product_id: productId,
        reserved_quantity: quantity,
        remaining_available: available,
      };
    },
  });

  offer(app, '/inventory/release', {
    async POST({ body }) {
      const { product_id: productId, quantity } = readBody(body);
      await find(productId);
      const released = await release({ productId, quantity });
      const { available } = await find(productId);
      return {
        success: true,
        product_id: productId,
        released_quantity: released,
        available_quantity: available,
      };
    },
  });
}

/** Keys of clients are apart from those of this lab itself, and from those of other operations. */
function keyFor(operation: string, { idempotencyKey }: Key): string {
  return idempotencyKey === undefined ? randomUUID() : idOf('lab', operation, idempotencyKey);
}

/** Who checks is told in one more way that there is none. */
function unavailable(productId: string) {
  return (error: unknown): never => {
    const isUnknown = error instanceof AppError && error.code === 'notFound';
    const details = { available: false, product_id: productId };
    throw isUnknown ? new AppError('notFound', noProduct, { details }) : error;
  };
}

function inItsWords(error: AppError): LabRefusal {
  const { code, message, details } = error;
  if (code === 'outOfStock') {
    const { lines } = details as { lines: { asked: number; available: number }[] };
    const [{ asked, available } = { asked: 0, available: 0 }] = lines;
    return { status: 400, body: { error: 'Insufficient inventory', requested: asked, available } };
  }
  if (code === 'conflict') return { status: 400, body: { error: message, ...(details as object) } };
  if (code === 'notFound') return { status: 404, body: { error: message, ...(details as object) } };
  return refusalOf(error);
}
