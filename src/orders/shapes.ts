import { Type, type Static } from 'typebox';
import { strict } from '../platform/api.ts';

export const orderLinesMax = 100;
export const orderQuantityMax = 1_000_000;
/** As many as the holds of 40 full batches name. */
export const resolveIdsMax = 20_480;

const uuidForm = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
export const Id = Type.String({ pattern: `^${uuidForm}$` });
const Time = Type.String({ description: 'RFC 3339, in UTC.' });

export const IdOrNumber = Type.String({
  pattern: `^(?:${uuidForm}|ORD[0-9]{4,15})$`,
  description: 'The id of an order, or its number.',
});

export const ProductId = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' });

export const WantedLine = strict({
  productId: ProductId,
  quantity: Type.Integer({ minimum: 1, maximum: orderQuantityMax }),
});
export type WantedLine = Static<typeof WantedLine>;

export const OrderLine = strict({
  productId: Type.String(),
  title: Type.String(),
  quantity: Type.Integer(),
  unitPriceCents: Type.Integer({ description: 'As it was when the order was placed.' }),
});
export type OrderLine = Static<typeof OrderLine>;

export const Status = Type.Enum(['confirmed', 'cancelled', 'fulfilled'], { type: 'string' });
export type Status = Static<typeof Status>;

export const Order = strict({
  id: Type.String(),
  number: Type.String({ description: 'For people: unique and rising, with gaps.' }),
  userId: Type.String(),
  status: Status,
  lines: Type.Array(OrderLine),
  totalCents: Type.Integer(),
  currency: Type.String(),
  placedAt: Time,
  cancelledAt: Type.Optional(Time),
  fulfilledAt: Type.Optional(Time),
  version: Type.String(),
});
export type Order = Static<typeof Order>;

export const Step = strict({
  status: Status,
  at: Time,
  byUserId: Type.Optional(Type.String({ description: 'Absent: Bazar itself.' })),
  requestId: Type.String(),
  traceId: Type.String(),
});
export type Step = Static<typeof Step>;

/** What an id has come to, as catalog must know it before it gives stock back. */
export const Verdict = strict({
  orderId: Id,
  verdict: Type.Enum(['confirmed', 'rejected', 'void', 'cancelled', 'fulfilled'], {
    type: 'string',
  }),
});
export type Verdict = Static<typeof Verdict>;
