import { Type } from 'typebox';
import { defineApi, strict } from '../platform/api.ts';

const count = Type.Integer();

/** What is running out. For services only. */
export const lowStockApi = defineApi({
  listLowStock: {
    method: 'POST',
    path: '/internal/stock/low',
    importance: 'low',
    repeatable: true,
    summary: 'Which products have less left than they should, the scarcest first',
    body: strict({ limit: Type.Integer({ minimum: 1, maximum: 100 }) }),
    reply: strict({
      items: Type.Array(
        strict({
          productId: Type.String(),
          title: Type.String(),
          available: count,
          lowAt: Type.Integer({ description: 'Less than this is low.' }),
          version: Type.Integer({ description: 'Rises with every change of the stock.' }),
        }),
      ),
    }),
  },
});
