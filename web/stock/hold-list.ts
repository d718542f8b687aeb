import { api } from '../base/session.ts';

export type Hold = Awaited<ReturnType<typeof api.getHold>>;

const pageRows = 100;
const pagesMax = 5;

/** The newest holds that name a product; `isWhole` when no other was left out. */
export async function holdsWith(productId: string, signal: AbortSignal) {
  const items: Hold[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    // oxlint-disable-next-line no-await-in-loop -- where a page begins, the one before says
    const found = await api.listHolds({ limit: pageRows, cursor }, { signal });
    items.push(...found.items.filter((hold) => heldOf(hold, productId) > 0));
    cursor = found.nextCursor;
    if (cursor === undefined) break;
  }
  return { items, isWhole: cursor === undefined };
}

export function heldOf({ lines }: Pick<Hold, 'lines'>, productId: string): number {
  return lines
    .filter((line) => line.productId === productId)
    .reduce((sum, { quantity }) => sum + quantity, 0);
}
