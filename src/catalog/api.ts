import { Type, type Static } from 'typebox';
import { defineApi, idempotencyKey, ifMatch, page, paging, strict } from '../platform/api.ts';
import { lowStockApi } from './low-stock-shapes.ts';
import { orderStockApi, productId } from './order-stock-shapes.ts';

/** A thousand million of a currency: far from every real price, and exact in JavaScript. */
export const priceCentsMax = 100_000_000_000;
export const moveQuantityMax = 1_000_000_000;
export const holdQuantityMax = 1_000_000;
export const holdLinesMax = 100;

/** Something to read, not only blanks. */
const words = (charsMax: number) => Type.String({ maxLength: charsMax, pattern: '\\S' });
const title = words(200);
const topic = words(80);
const description = Type.String({ maxLength: 2_000 });
const note = Type.String({ maxLength: 200 });
const unitPriceCents = Type.Integer({ minimum: 0, maximum: priceCentsMax });
const time = Type.String({ description: 'RFC 3339, in UTC.' });

export const Product = strict({
  id: productId,
  title: Type.String(),
  topic: Type.String(),
  description: Type.String(),
  unitPriceCents: Type.Integer(),
  available: Type.Integer({ description: 'What can still be ordered.' }),
  reserved: Type.Integer({ description: 'What is promised to orders and holds.' }),
  updatedAt: time,
  version: Type.String({ description: 'Changes with any field; its first part only with edits.' }),
});
export type Product = Static<typeof Product>;

export const sorts = ['title', 'price', '-price', 'newest', 'relevance'] as const;
export type Sort = (typeof sorts)[number];

export const Topic = strict({ topic: Type.String(), products: Type.Integer() });
export type Topic = Static<typeof Topic>;

export const StockMove = strict({
  id: Type.String(),
  productId,
  delta: Type.Integer(),
  reason: Type.Enum(['restock', 'correction', 'seed', 'shipped']),
  note: Type.Optional(Type.String()),
  availableAfter: Type.Integer(),
  at: time,
  byUserId: Type.Optional(Type.String()),
});
export type StockMove = Static<typeof StockMove>;

export const Hold = strict({
  id: Type.String(),
  lines: Type.Array(
    strict({ productId, quantity: Type.Integer(), unitPriceCents: Type.Integer() }),
  ),
  note: Type.Optional(Type.String()),
  createdAt: time,
  state: Type.Enum(['active', 'released']),
});
export type Hold = Static<typeof Hold>;

const ofProduct = strict({ id: productId });
const ofHold = strict({
  id: Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' }),
});
const keyed = strict({ idempotencyKey });
const staffOnly = ['unauthorized', 'forbidden'] as const;

/** May be kept, but stock changes all the time: ask with the ETag whether it still holds. */
const fresh = 'no-cache';

/** Products and stock. Whoever asks may read products; all the rest is for staff. */
export const catalogApi = defineApi({
  listProducts: {
    method: 'GET',
    path: '/v1/products',
    importance: 'low',
    summary: 'Find products by topic and text',
    cacheControl: fresh,
    description:
      'Filters combine. In `q` words, "phrases", `or` and `-not` work as in a web search, and the ' +
      'last word also matches as a beginning. `relevance` needs a `q`, and is then the default.',
    query: strict({
      topic: Type.Optional(
        Type.String({ maxLength: 80, description: 'The whole topic, in any case.' }),
      ),
      q: Type.Optional(Type.String({ maxLength: 100 })),
      sort: Type.Optional(Type.Enum([...sorts])),
      inStock: Type.Optional(Type.Boolean({ description: 'Only what can be ordered now.' })),
      ...paging,
    }),
    reply: page(Product),
  },
  listTopics: {
    method: 'GET',
    path: '/v1/topics',
    importance: 'low',
    summary: 'List the topics and how many products each has',
    cacheControl: fresh,
    description: 'The first 200 in alphabetical order.',
    reply: strict({ items: Type.Array(Topic) }),
  },
  getProduct: {
    method: 'GET',
    path: '/v1/products/:id',
    summary: 'Get one product with its price and stock',
    cacheControl: fresh,
    params: ofProduct,
    reply: Product,
    versioned: true,
    refuses: ['notFound'],
  },
  createProduct: {
    method: 'POST',
    path: '/v1/products',
    summary: 'Add a product, with its first stock',
    headers: keyed,
    body: strict({
      id: Type.Optional(productId),
      title,
      topic,
      description: Type.Optional(description),
      unitPriceCents,
      quantity: Type.Optional(Type.Integer({ minimum: 0, maximum: moveQuantityMax })),
    }),
    reply: Product,
    status: 201,
    versioned: true,
    location: '/v1/products/:id',
    refuses: [...staffOnly, 'alreadyExists', 'keyReused'],
  },
  changeProduct: {
    method: 'PATCH',
    path: '/v1/products/:id',
    summary: 'Change what a product is called, says or costs',
    description:
      'Orders do not make the ETag stale, edits do; `details.product` is the current one.',
    params: ofProduct,
    headers: strict({ ifMatch }),
    body: strict(
      {
        title: Type.Optional(title),
        topic: Type.Optional(topic),
        description: Type.Optional(description),
        unitPriceCents: Type.Optional(unitPriceCents),
      },
      { minProperties: 1 },
    ),
    reply: Product,
    versioned: true,
    refuses: [...staffOnly, 'notFound', 'preconditionFailed', 'preconditionRequired'],
  },
  addStockMove: {
    method: 'POST',
    path: '/v1/products/:id/stock-moves',
    summary: 'Restock a product, or correct its stock',
    params: ofProduct,
    headers: keyed,
    body: strict({
      delta: Type.Integer({
        minimum: -moveQuantityMax,
        maximum: moveQuantityMax,
        description: 'Not 0; a restock only adds.',
      }),
      reason: Type.Enum(['restock', 'correction']),
      note: Type.Optional(note),
    }),
    reply: StockMove,
    status: 201,
    refuses: [...staffOnly, 'notFound', 'outOfStock', 'keyReused'],
  },
  listStockMoves: {
    method: 'GET',
    path: '/v1/products/:id/stock-moves',
    summary: 'Read the stock ledger of a product, newest first',
    params: ofProduct,
    query: strict(paging),
    reply: page(StockMove),
    refuses: [...staffOnly, 'notFound'],
  },
  createHold: {
    method: 'POST',
    path: '/v1/holds',
    summary: 'Put stock aside outside an order: all lines, or nothing',
    headers: keyed,
    body: strict({
      lines: Type.Array(
        strict({ productId, quantity: Type.Integer({ minimum: 1, maximum: holdQuantityMax }) }),
        { minItems: 1, maxItems: holdLinesMax },
      ),
      note: Type.Optional(note),
    }),
    reply: Hold,
    status: 201,
    location: '/v1/holds/:id',
    refuses: [...staffOnly, 'outOfStock', 'keyReused'],
  },
  getHold: {
    method: 'GET',
    path: '/v1/holds/:id',
    summary: 'Get one hold',
    params: ofHold,
    reply: Hold,
    refuses: [...staffOnly, 'notFound'],
  },
  listHolds: {
    method: 'GET',
    path: '/v1/holds',
    summary: 'List the active holds, newest first',
    query: strict(paging),
    reply: page(Hold),
    refuses: staffOnly,
  },
  releaseHold: {
    method: 'DELETE',
    path: '/v1/holds/:id',
    summary: 'Give the stock of a hold back',
    params: ofHold,
    reply: Hold,
    refuses: [...staffOnly, 'notFound'],
  },
  ...orderStockApi,
  ...lowStockApi,
});
