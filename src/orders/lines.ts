import { invalid } from '../platform/errors.ts';
import { fingerprint } from '../platform/idempotency.ts';
import { orderQuantityMax, type WantedLine } from './shapes.ts';

/** Lines of the same product as one, in the order in which they came. */
export function mergeLines(lines: readonly WantedLine[]): WantedLine[] {
  if (lines.length === 1) return [...lines];
  const quantityOf = new Map<string, number>();
  for (const [i, { productId, quantity }] of lines.entries()) {
    const sum = (quantityOf.get(productId) ?? 0) + quantity;
    if (sum > orderQuantityMax) {
      throw invalid('body', `/lines/${i}/quantity`, `makes more than ${orderQuantityMax} in all`);
    }
    quantityOf.set(productId, sum);
  }
  return [...quantityOf].map(([productId, quantity]) => ({ productId, quantity }));
}

/** What tells one order from another under the same key: the products and how many, in any order. */
export function fingerprintOf(merged: readonly WantedLine[]): string {
  const pairs = merged.map(({ productId, quantity }) => `${productId} ${quantity}`);
  return fingerprint(pairs.length === 1 ? pairs : pairs.toSorted()).toString('hex');
}
