import type { Database, Statement } from '../platform/database.ts';
import type { Product, Sort } from './api.ts';
import { productColumns } from './product-store.ts';
import type { SearchText } from './text.ts';

type Place = readonly (string | number)[];

export type PageOf = {
  sort: Sort;
  topicKey: string | undefined;
  search: SearchText | undefined;
  inStock: boolean;
  /** The sort key and the sku of the last product that was seen. */
  after: Place | undefined;
  limit: number;
};

export type ListedProduct = { product: Product; place: Place };

type Order = { key: string; type: 'text' | 'bigint' | 'int' | 'double precision'; down: boolean };

/** Numbers of products rise, so the newest has the highest. */
const orders: Record<Sort, Order> = {
  title: { key: 'p.title_key', type: 'text', down: false },
  price: { key: 's.price_cents', type: 'bigint', down: false },
  '-price': { key: 's.price_cents', type: 'bigint', down: true },
  newest: { key: 'p.sku', type: 'int', down: true },
  relevance: { key: 'found.rank', type: 'double precision', down: true },
};

type Placeholder = (type: string, value: unknown) => string;

/** One page of products: a whole statement for each combination of filters, from constant parts. */
export function productPages(database: Database) {
  return async (page: PageOf): Promise<ListedProduct[]> => {
    const values: unknown[] = [];
    const statement = pageStatement(page, (type, value) => `$${values.push(value)}::${type}`);
    const rows = await database.rows<Product & { key: string | number; sku: number }>(
      statement,
      values,
    );
    return rows.map(({ key, sku, ...product }) => ({ product, place: [key, sku] }));
  };
}

/** Exported for the test that looks at the plan. */
export function pageStatement(page: PageOf, $: Placeholder): Statement {
  const { sort, topicKey, search, inStock, after, limit } = page;
  const { key, type, down } = orders[sort];
  const direction = down ? 'desc' : 'asc';
  const before = search ? found(search, $) : '';
  const conditions = [
    ...(topicKey === undefined ? [] : [`p.topic_key = ${$('text', topicKey)}`]),
    ...(inStock ? ['s.available > 0'] : []),
    ...(after
      ? [`(${key}, p.sku) ${down ? '<' : '>'} (${$(type, after[0])}, ${$('int', after[1])})`]
      : []),
  ];
  const text = `${before}
    select ${productColumns}, ${key} as key, p.sku
    from ${search ? 'found join catalog.products p on p.sku = found.sku' : 'catalog.products p'}
    join catalog.stock s on s.sku = p.sku
    ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''}
    order by ${key} ${direction}, p.sku ${direction}
    limit ${$('int', limit)}`;
  return { name: nameOf(page), text };
}

/** Materialised, so that the text index finds the products, whatever they are sorted by. */
function found({ whole, head, beginning }: SearchText, $: Placeholder): string {
  const words = `websearch_to_tsquery('english', ${$('text', whole)})`;
  const typed =
    beginning === null
      ? ''
      : ` || (websearch_to_tsquery('english', ${$('text', head)})
          && to_tsquery('simple', ${$('text', `${beginning}:*`)}))`;
  return `with found as materialized (
      select sku, ts_rank_cd(search, query)::double precision as rank
      from catalog.products, (select ${words}${typed} as query) q
      where search @@ query
    )`;
}

function nameOf({ sort, topicKey, search, inStock, after }: PageOf): string {
  const filters = [
    topicKey !== undefined && 'topic',
    search && (search.beginning === null ? 'words' : 'typed'),
    inStock && 'inStock',
    after && 'after',
  ];
  return ['products', sort, ...filters.filter(Boolean)].join(' ');
}
