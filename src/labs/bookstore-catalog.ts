import { randomUUID } from 'node:crypto';
import type { Product } from '../catalog/api.ts';
import type { Service } from '../platform/api.ts';
import { remainingMs, type Call } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import type { catalogApi } from './bookstore-api.ts';
import { centsOf, changeKey, infoReply, isBook, searchReply } from './bookstore-forms.ts';
import type { LabParts } from './lab.ts';

type Parts = Pick<LabParts, 'services' | 'asService'>;
type Listed = { topic: string; cursor?: string; pagesLeft: number };

const pageSize = 100;
const pagesMax = 10;
const success = { [changeKey]: 'success' };

/** The catalog server of the bookstore, on the products and the stock of Bazar. */
export function createBookCatalog({ services, asService }: Parts): Service<typeof catalogApi> {
  const { catalog } = services;
  // Not as one of the staff: keys belong to whoever uses them, and all processes share this name.
  const inside = (call: Call): Call => ({ ...call, caller: asService().caller });

  async function listed({ topic, cursor, pagesLeft }: Listed, call: Call): Promise<Product[]> {
    const from = cursor === undefined ? {} : { cursor };
    const page = await catalog.listProducts({ topic, limit: pageSize, ...from }, inside(call));
    const { items, nextCursor } = page;
    if (nextCursor === undefined || pagesLeft <= 1) return items;
    const rest = { topic, cursor: nextCursor, pagesLeft: pagesLeft - 1 };
    return [...items, ...(await listed(rest, call))];
  }

  const read = (id: string, call: Call) =>
    catalog.getProduct({ id }, inside(call)).catch((error: unknown) => {
      throw inWords(error, id);
    });

  /** Whoever edits the product at the same time must not be overwritten, so both take turns. */
  async function setPrice(id: string, unitPriceCents: number, call: Call): Promise<void> {
    // Whoever has waited for longer than this may have asked elsewhere, and others after that.
    remainingMs(call);
    const { version } = await read(id, call);
    const edit = { id, ifMatch: version, unitPriceCents };
    try {
      await catalog.changeProduct(edit, inside(call));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'preconditionFailed') throw error;
      await setPrice(id, unitPriceCents, call);
    }
  }

  return {
    async search({ topic, form }, call) {
      const books = (await listed({ topic, pagesLeft: pagesMax }, call)).filter(isBook);
      if (books.length > 0) return searchReply(books, form);
      throw new AppError('notFound', 'there is no such topic, please enter a valid topic');
    },

    info: async ({ id, form }, call) => infoReply(await read(id, call), form),

    query: async ({ id }, call) => ({ [changeKey]: (await read(id, call)).available > 0 }),

    async changeAmount({ id, delta: text, idempotencyKey = randomUUID() }, call) {
      const delta = Number(text);
      const reason = delta > 0 ? 'restock' : 'correction';
      const move = { id, delta, reason, idempotencyKey } as const;
      await catalog.addStockMove(move, inside(call)).catch((error: unknown) => {
        throw inWords(error, id);
      });
      return success;
    },

    async changePrice({ id, price }, call) {
      await setPrice(id, centsOf(price), call);
      return success;
    },
  };
}

function inWords(error: unknown, id: string): unknown {
  const isUnknown = error instanceof AppError && error.code === 'notFound';
  return isUnknown ? noBook(id) : error;
}

export function noBook(id: string): AppError {
  return new AppError('notFound', `there is no book with the item number ${id}`);
}
