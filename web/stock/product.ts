import type { api } from '../base/session.ts';

export type Product = Awaited<ReturnType<typeof api.getProduct>>;

/** Bazar tells of products that have less left than this. */
export const lowBelow = 5;

export type Level = 'out' | 'low' | 'enough';

export function levelOf({ available }: Pick<Product, 'available'>): Level {
  if (available === 0) return 'out';
  return available < lowBelow ? 'low' : 'enough';
}

/** What stands on the shelf: also what is promised and has not left yet. */
export const onHand = ({ available, reserved }: Pick<Product, 'available' | 'reserved'>): number =>
  available + reserved;
