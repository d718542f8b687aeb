import { Type, type Static } from 'typebox';
import { defineApi, strict } from '../platform/api.ts';

export const batchOrdersMax = 512;
export const orderLinesMax = 100;
export const orderQuantityMax = 1_000_000;
/** As many as fit into a body of 1 MiB, and still those of 40 full batches. */
export const releaseIdsMax = 20_480;

export const productId = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
  description: 'The SKU, as people write it.',
});
const id = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
});
const orderIds = Type.Array(id, { minItems: 1, maxItems: batchOrdersMax });
const count = Type.Integer();

export const OrderToReserve = strict({
  orderId: id,
  fp: Type.String({ pattern: '^[0-9a-f]{32}$', description: 'Of what was ordered: 16 bytes.' }),
  lines: Type.Array(
    strict({ productId, quantity: Type.Integer({ minimum: 1, maximum: orderQuantityMax }) }),
    { minItems: 1, maxItems: orderLinesMax, description: 'No product twice.' },
  ),
});
export type OrderToReserve = Static<typeof OrderToReserve>;

export const ReservedLine = strict({
  productId: Type.String(),
  title: Type.String(),
  quantity: count,
  unitPriceCents: count,
});
export type ReservedLine = Static<typeof ReservedLine>;

/** What became of one order. Only `reserved` has taken stock. */
export const Reservation = Type.Union([
  strict({
    orderId: id,
    outcome: Type.Literal('reserved', {
      description: 'With the prices of the first time, however often it is asked for.',
    }),
    lines: Type.Array(ReservedLine),
    totalCents: count,
  }),
  strict({
    orderId: id,
    outcome: Type.Literal('short', { description: 'Names the lines that are, and no others.' }),
    lines: Type.Array(strict({ productId: Type.String(), asked: count, available: count })),
  }),
  strict({
    orderId: id,
    outcome: Type.Literal('unknownProduct'),
    productIds: Type.Array(Type.String()),
  }),
  strict({
    orderId: id,
    outcome: Type.Enum(['mismatch', 'released', 'totalTooLarge'], {
      description:
        '`mismatch`: this order was reserved with another `fp`. `released`: it was reserved, and ' +
        'its stock given back. `totalTooLarge`: its total is beyond 9007199254740991 cents.',
    }),
  }),
]);
export type Reservation = Static<typeof Reservation>;

/** What orders do to stock, many at a time. For services only. */
export const orderStockApi = defineApi({
  reserve: {
    method: 'POST',
    path: '/internal/stock/reserve',
    importance: 'high',
    summary: 'Reserve stock for a batch of orders, each all or nothing, first come first served',
    description:
      'Every order that is reserved waits under `batchId` for its verdict, until that is settled; ' +
      'who asks again takes a new one. `settled` are earlier batches whose orders all have a verdict.',
    body: strict({
      batchId: id,
      settled: Type.Array(id, { maxItems: 64 }),
      orders: Type.Array(OrderToReserve, {
        minItems: 1,
        maxItems: batchOrdersMax,
        description: 'In the order of their arrival; none twice.',
      }),
    }),
    reply: strict({
      results: Type.Array(Reservation, { description: 'One for each order, in the same order.' }),
    }),
  },
  settle: {
    method: 'POST',
    path: '/internal/stock/settle',
    importance: 'high',
    repeatable: true,
    summary: 'End the wait of batches: release what came to nothing',
    body: strict({
      batchIds: Type.Array(id, { maxItems: 256 }),
      releaseIds: Type.Array(id, {
        maxItems: releaseIdsMax,
        description: 'Orders whose verdict is no, for good.',
      }),
    }),
    reply: strict({ released: count }),
  },
  releaseOrders: {
    method: 'POST',
    path: '/internal/stock/release',
    importance: 'high',
    repeatable: true,
    summary: 'Give the stock of orders back; those that have none are passed over',
    body: strict({ orderIds }),
    reply: strict({ released: count }),
  },
  shipOrders: {
    method: 'POST',
    path: '/internal/stock/ship',
    importance: 'high',
    repeatable: true,
    summary: 'Let the stock of orders go; those that have none are passed over',
    body: strict({ orderIds }),
    reply: strict({ shipped: count }),
  },
  oldHolds: {
    method: 'POST',
    path: '/internal/stock/old-holds',
    importance: 'high',
    repeatable: true,
    summary: 'Which batches have waited long for their verdicts, the oldest first',
    body: strict({
      olderThanSeconds: Type.Integer({ minimum: 0, maximum: 86_400 }),
      limit: Type.Integer({ minimum: 1, maximum: 200 }),
    }),
    reply: strict({
      holds: Type.Array(strict({ batchId: id, orderIds: Type.Array(id), ageSeconds: count })),
    }),
  },
});
