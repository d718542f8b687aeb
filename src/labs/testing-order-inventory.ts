import assert from 'node:assert/strict';
import { expectStatus, type Answer, type Ask } from '../testing/http.ts';

/** The two services of the lab, as their clients see them. */
export type Doors = { orders: Ask; inventory: Ask };

export const times = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00/g;

export const item = (productId: string, quantity: unknown) => ({ product_id: productId, quantity });

export const many = <T>(count: number, make: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => make(i)));

/** For tests: what can be had of a product, and what is reserved. */
export async function stockOf(productId: string, { inventory }: Doors): Promise<[number, number]> {
  const { body } = expectStatus(await inventory(`GET /inventory/${productId}`), 200);
  const stock = body as { available_quantity: number; reserved_quantity: number };
  return [stock.available_quantity, stock.reserved_quantity];
}

/** For tests: the whole body, to the last field; a time is only looked at. */
export function expectBody(answer: Answer, status: number, body: object): void {
  expectStatus(answer, status);
  assert.deepEqual(JSON.parse(answer.text.replaceAll(times, 'a time')), body);
}
