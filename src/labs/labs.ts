import type { Lab } from './lab.ts';

/** Every lab, loaded when asked for. */
const loaders: Readonly<Record<string, () => Promise<{ lab: Lab }>>> = {
  'users-orders': () => import('./users-orders.ts'),
  'order-user': () => import('./order-user.ts'),
  bookstore: () => import('./bookstore.ts'),
  gps: () => import('./gps.ts'),
  'order-inventory': () => import('./order-inventory.ts'),
};

export const labNames = Object.keys(loaders);

export async function findLab(name: string): Promise<Lab | undefined> {
  return (await loaders[name]?.())?.lab;
}
