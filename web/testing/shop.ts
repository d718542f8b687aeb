import { expectStatus } from '../../src/testing/http.ts';
import { addProduct, keyed, someName } from '../../src/testing/shop.ts';
import type { Product } from '../../src/catalog/api.ts';
import type { Order } from '../../src/orders/shapes.ts';
import type { Console } from './console.ts';

/** What tests of the shop do and ask beside the browser. */
export function besideShop({ ask, staff, visitAsCustomer }: Console) {
  return {
    /** A product that a search for its name finds alone. */
    sell: async (fields: object = {}): Promise<Product> => {
      const { product } = await addProduct(ask, staff, { title: someName(), ...fields });
      return product;
    },

    availableOf: async ({ id }: Product): Promise<number> =>
      (expectStatus(await ask(`GET /v1/products/${id}`), 200).body as Product).available,

    correct: async ({ id }: Product, delta: number): Promise<void> => {
      const content = { token: staff, body: { delta, reason: 'correction' }, headers: keyed() };
      expectStatus(await ask(`POST /v1/products/${id}/stock-moves`, content), 201);
    },

    order: async (token: string, { id }: Product, quantity = 1): Promise<Order> => {
      const content = { token, body: { lines: [{ productId: id, quantity }] }, headers: keyed() };
      return expectStatus(await ask('POST /v1/orders', content), 201).body as Order;
    },

    ordersOf: async (token: string): Promise<Order[]> =>
      (expectStatus(await ask('GET /v1/orders', { token }), 200).body as { items: Order[] }).items,

    /** A customer in front of a basket with one of each. */
    withInBasket: async (...products: readonly Product[]) => {
      const visited = await visitAsCustomer('/basket');
      const lines = products.map(({ id }) => ({ productId: id, quantity: 1 }));
      const kept = JSON.stringify(JSON.stringify({ lines }));
      await visited.page.evaluate(`localStorage.setItem('bazar.basket', ${kept})`);
      await visited.page.reload();
      await visited.page.getByRole('button', { name: 'Place the order' }).waitFor();
      return visited;
    },
  };
}

/** The browser complains of what a test has cut off on purpose. */
const cutOff = /net::ERR_FAILED/;

export const unexpected = (faults: readonly string[]): string[] =>
  faults.filter((fault) => !cutOff.test(fault));
