import { limitDefault, type Service } from '../platform/api.ts';
import { invalid } from '../platform/errors.ts';
import type { catalogApi, Sort } from './api.ts';
import { pageOf } from '../platform/pages.ts';
import type { CatalogParts } from './parts.ts';
import { productPages } from './product-pages.ts';
import { searchText, topicKey } from './text.ts';

type Work = Pick<Service<typeof catalogApi>, 'listProducts'>;

/** Finds products by topic and text, page by page. */
export function createListing({ database, cursors }: CatalogParts): Work {
  const readPage = productPages(database);

  return {
    async listProducts({ topic, q, sort: asked, inStock = false, limit = limitDefault, cursor }) {
      const sort = sortOf(asked, q);
      const key = topic === undefined ? undefined : topicKey(topic);
      const list = JSON.stringify(['products', sort, key ?? null, q ?? null, inStock]);
      const rows = await readPage({
        sort,
        topicKey: key,
        search: q === undefined ? undefined : searchText(q),
        inStock,
        after: cursor === undefined ? undefined : cursors.decode(list, cursor),
        limit: limit + 1,
      });
      return pageOf(rows, {
        limit,
        item: ({ product }) => product,
        cursor: ({ place }) => cursors.encode(list, place),
      });
    },
  };
}

function sortOf(asked: Sort | undefined, q: string | undefined): Sort {
  if (asked === 'relevance' && q === undefined) {
    throw invalid('query', '/sort', 'can be relevance only together with q');
  }
  return asked ?? (q === undefined ? 'title' : 'relevance');
}
