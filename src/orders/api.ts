import { Type } from 'typebox';
import { defineApi, idempotencyKey, page, paging, strict } from '../platform/api.ts';
import {
  Id,
  IdOrNumber,
  Order,
  orderLinesMax,
  ProductId,
  resolveIdsMax,
  Status,
  Step,
  Verdict,
  WantedLine,
} from './shapes.ts';

const ofOrder = strict({ id: IdOrNumber });
const forUser = Type.Optional(
  Type.String({
    pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
    description: 'Whose order it is; only staff may name somebody else.',
  }),
);
const time = Type.String({
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$',
  description: 'RFC 3339, in UTC.',
});

/** Orders. Customers see and touch their own; staff see all. */
export const ordersApi = defineApi({
  placeOrder: {
    method: 'POST',
    path: '/v1/orders',
    importance: 'high',
    summary: 'Place an order: all of its lines, or nothing',
    description:
      'With an `Idempotency-Key` it may be sent again after any failure: there is never a second ' +
      'order, and the answer is that of the first time. Equal products are merged.',
    headers: strict({ idempotencyKey: Type.Optional(idempotencyKey) }),
    body: strict({
      lines: Type.Array(WantedLine, { minItems: 1, maxItems: orderLinesMax }),
      userId: forUser,
    }),
    reply: Order,
    status: 201,
    versioned: true,
    together: true,
    location: '/v1/orders/:id',
    refuses: [
      'unauthorized',
      'forbidden',
      'notFound',
      'outOfStock',
      'unknownProduct',
      'keyReused',
      'inFlight',
      'orderVoided',
      'outcomeUnknown',
    ],
  },
  abortOrder: {
    method: 'POST',
    path: '/v1/orders/abort',
    importance: 'high',
    repeatable: true,
    summary: 'Make sure that nothing more is ordered under a key whose outcome is not known',
    description:
      'If nothing was ordered until now, nothing ever will be: `voided`. If something was, it stays ' +
      'and comes as `order`: cancel it if it is not wanted.',
    body: strict({ key: idempotencyKey, userId: forUser }),
    reply: strict({
      outcome: Type.Enum(['voided', 'ordered'], { type: 'string' }),
      order: Type.Optional(Order),
    }),
    refuses: ['unauthorized', 'forbidden', 'outOfStock'],
  },
  getOrder: {
    method: 'GET',
    path: '/v1/orders/:id',
    summary: 'Get one order, by its id or its number',
    params: ofOrder,
    reply: Order,
    versioned: true,
    refuses: ['unauthorized', 'notFound'],
  },
  listOrders: {
    method: 'GET',
    path: '/v1/orders',
    summary: 'List orders, newest first',
    description:
      'Filters combine. A page may be shorter than `limit`, even empty, and yet have a ' +
      '`nextCursor`: then there was much to look through, and more is to come.',
    query: strict({
      userId: forUser,
      status: Type.Optional(Status),
      productId: Type.Optional(ProductId),
      placedFrom: Type.Optional(time),
      placedBefore: Type.Optional(time),
      ...paging,
    }),
    reply: page(Order),
    refuses: ['unauthorized'],
  },
  cancelOrder: {
    method: 'POST',
    path: '/v1/orders/:id/cancel',
    importance: 'high',
    repeatable: true,
    summary: 'Cancel an order that was not fulfilled; its stock comes back by itself',
    description: 'Harmless to repeat: a cancelled order stays cancelled.',
    params: ofOrder,
    reply: Order,
    versioned: true,
    refuses: ['unauthorized', 'notFound', 'conflict'],
  },
  fulfilOrder: {
    method: 'POST',
    path: '/v1/orders/:id/fulfil',
    importance: 'high',
    repeatable: true,
    summary: 'Say that an order has left the house, and its stock with it',
    description: 'Harmless to repeat: a fulfilled order stays fulfilled.',
    params: ofOrder,
    reply: Order,
    versioned: true,
    refuses: ['unauthorized', 'forbidden', 'notFound', 'conflict'],
  },
  getOrderHistory: {
    method: 'GET',
    path: '/v1/orders/:id/history',
    summary: 'Read what happened to an order, when, by whom, and in which request',
    params: ofOrder,
    reply: strict({ items: Type.Array(Step) }),
    refuses: ['unauthorized', 'notFound'],
  },
  resolve: {
    method: 'POST',
    path: '/internal/orders/resolve',
    importance: 'high',
    repeatable: true,
    summary: 'Give the verdict on each of these orders; one that does not exist never will',
    body: strict({ orderIds: Type.Array(Id, { minItems: 1, maxItems: resolveIdsMax }) }),
    reply: strict({ verdicts: Type.Array(Verdict, { description: 'One for each order.' }) }),
  },
});
