export type Wishes = { q: string; topic: string; sort: Sort; inStock: boolean };
export type Sort = 'relevance' | 'title' | 'price' | '-price' | 'newest';

export const sortNames: readonly (readonly [Sort, string])[] = [
  ['relevance', 'Best match'],
  ['title', 'Name'],
  ['price', 'Price, low to high'],
  ['-price', 'Price, high to low'],
  ['newest', 'Newest'],
];

/** Nothing matches better than another when there are no words. */
const usualSort = (q: string): Sort => (q ? 'relevance' : 'title');

export const wordsLengthMax = 100;
const topicLengthMax = 80;

/** What the reader looks for, as the address says it; what it says wrongly is not wished. */
export function wishesIn(query: URLSearchParams): Wishes {
  const q = (query.get('q') ?? '').trim().slice(0, wordsLengthMax);
  const usual = usualSort(q);
  const asked = sortNames.find(([sort]) => sort === query.get('sort'))?.[0] ?? usual;
  return {
    q,
    topic: (query.get('topic') ?? '').trim().slice(0, topicLengthMax),
    sort: asked === 'relevance' ? usual : asked,
    inStock: query.get('inStock') === 'true',
  };
}

/** Who has not chosen an order gets the usual one, which depends on whether there are words. */
export function changedWishes(before: Wishes, change: Partial<Wishes>): Wishes {
  const next = { ...before, ...change };
  const isUsual = change.sort === undefined && before.sort === usualSort(before.q);
  return isUsual ? { ...next, sort: usualSort(next.q) } : next;
}

/** The same in the address, where what is usual is not said. */
export function addressOf({ q, topic, sort, inStock }: Wishes): Record<string, string | undefined> {
  return {
    q: q || undefined,
    topic: topic || undefined,
    sort: sort === usualSort(q) ? undefined : sort,
    inStock: inStock ? 'true' : undefined,
  };
}

/** The same as a question to Bazar. */
export function questionOf({ q, topic, sort, inStock }: Wishes) {
  return {
    sort,
    ...(q && { q }),
    ...(topic && { topic }),
    ...(inStock && { inStock }),
  };
}
