import { Type } from 'typebox';
import { defineApi, idempotencyKey, strict, type Service } from '../platform/api.ts';

/** Short enough for every number to be exact, and without a second way to write the same one. */
const itemNumber = Type.String({
  pattern: '^[1-9][0-9]{0,8}$',
  description: 'The number of a book, such as 1.',
});
const ofItem = strict({ id: itemNumber });
const anything = Type.Unknown();

export const forms = ['origin', 'list', 'items'] as const;
export type Form = (typeof forms)[number];

const form = Type.Optional(
  Type.Enum([...forms], {
    description: 'As the system answered (`origin`), or in one of two forms of the course text.',
  }),
);
const keyed = strict({ idempotencyKey: Type.Optional(idempotencyKey) });

/** What anybody may read; the front has it too. */
export const readApi = defineApi({
  search: {
    method: 'GET',
    path: '/search/:topic',
    summary: 'All books of a topic',
    params: strict({ topic: Type.String({ maxLength: 80, pattern: '\\S' }) }),
    query: strict({ form }),
    reply: anything,
  },
  info: {
    method: 'GET',
    path: '/info/:id',
    summary: 'What a book costs, and how many there are',
    params: ofItem,
    query: strict({ form }),
    reply: anything,
  },
});

export const stockApi = defineApi({
  query: {
    method: 'GET',
    path: '/query/:id',
    summary: 'Whether a book is in stock',
    params: ofItem,
    reply: anything,
  },
});

export const updateApi = defineApi({
  changeAmount: {
    method: 'PUT',
    path: '/update/:id/amount_of_items/:delta',
    summary: 'Increase or decrease the stock of a book',
    params: strict({ id: itemNumber, delta: Type.String({ pattern: '^[+-]?[0-9]{1,9}$' }) }),
    headers: keyed,
    reply: anything,
  },
  changePrice: {
    method: 'PUT',
    path: '/update/:id/price/:price',
    summary: 'Set the price of a book',
    params: strict({
      id: itemNumber,
      price: Type.String({ pattern: '^[0-9]{1,9}(\\.[0-9]{1,2})?$' }),
    }),
    reply: anything,
  },
});

export const orderApi = defineApi({
  purchase: {
    method: 'POST',
    path: '/purchase/:id',
    summary: 'Buy one copy of a book',
    params: ofItem,
    headers: keyed,
    reply: anything,
  },
});

export const catalogApi = defineApi({ ...readApi, ...stockApi, ...updateApi });

/** The two servers behind the front, here or in other processes. */
export type Shop = { catalog: Service<typeof catalogApi>; order: Service<typeof orderApi> };

/** What only the front has. */
export const cacheApi = defineApi({
  showCache: {
    method: 'GET',
    path: '/cache',
    summary: 'What the cache of the front has done so far',
    reply: anything,
  },
});

export const invalidateApi = defineApi({
  invalidate: {
    method: 'POST',
    path: '/invalidate/info/:id',
    summary: 'Drop what the cache of the front holds about a book',
    params: ofItem,
    reply: anything,
  },
});
