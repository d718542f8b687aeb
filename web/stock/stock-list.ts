import { useLoad, type Loaded } from '../base/load.ts';
import { api } from '../base/session.ts';
import type { Product } from './product.ts';

const pageRows = 50;
/** All that is shown is read again and again, so there is an end to it. */
export const pagesMax = 4;
const everyMs = 2_000;

export const sorts = [
  ['title', 'Title'],
  ['newest', 'Newest'],
  ['price', 'Cheapest'],
  ['-price', 'Dearest'],
] as const;
type Sort = (typeof sorts)[number][0] | 'relevance';

export type Wishes = {
  q: string;
  topic: string;
  /** Absent: as Bazar thinks best. */
  sort: Sort | undefined;
  inStock: boolean;
  pages: number;
};

/** What the address asks for. */
export function wishesOf(query: URLSearchParams): Wishes {
  const pages = Number(query.get('pages') ?? 1);
  return {
    q: (query.get('q') ?? '').slice(0, 100),
    topic: (query.get('topic') ?? '').slice(0, 80),
    sort: sorts.find(([sort]) => sort === query.get('sort'))?.[0],
    inStock: query.get('inStock') === 'true',
    pages: Number.isInteger(pages) ? Math.min(pagesMax, Math.max(1, pages)) : 1,
  };
}

export const isNarrowed = ({ q, topic, inStock }: Wishes): boolean =>
  q !== '' || topic !== '' || inStock;

type Shelf = { items: readonly Product[]; hasMore: boolean };

/** The products of all pages that are shown, as they are now. */
export function useStock(wishes: Wishes): Loaded<Shelf> {
  return useLoad((signal) => readPages(wishes, signal), [JSON.stringify(wishes)], { everyMs });
}

async function readPages(wishes: Wishes, signal: AbortSignal): Promise<Shelf> {
  const { q, topic, sort, inStock, pages } = wishes;
  const asked = {
    ...(q && { q }),
    ...(topic && { topic }),
    ...(sort && { sort }),
    ...(inStock && { inStock }),
    limit: pageRows,
  };
  const found = new Map<string, Product>();
  let cursor: string | undefined;
  for (let page = 0; page < pages; page += 1) {
    // oxlint-disable-next-line no-await-in-loop -- where a page begins, the one before says
    const { items, nextCursor } = await api.listProducts({ ...asked, cursor }, { signal });
    for (const product of items) found.set(product.id, product);
    cursor = nextCursor;
    if (cursor === undefined) break;
  }
  return { items: [...found.values()], hasMore: cursor !== undefined };
}
