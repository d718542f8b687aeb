import type { Service } from '../platform/api.ts';
import { AppError } from '../platform/errors.ts';
import type { catalogApi, Product } from './api.ts';
import type { CatalogParts } from './parts.ts';
import { productStore } from './product-store.ts';
import { changeRecorder, staffOf } from './staff.ts';
import { titleKey, topicKey } from './text.ts';

type Work = Pick<Service<typeof catalogApi>, 'getProduct' | 'changeProduct' | 'listTopics'>;

const topicsMax = 200;

/** Single products: read and edit. */
export function createProducts(parts: CatalogParts): Work {
  const { database, now } = parts;
  const store = productStore(database);
  const recordChange = changeRecorder(parts);

  async function found(id: string): Promise<Product> {
    const product = await store.productById(id);
    if (!product) throw noProduct(id);
    return product;
  }

  return {
    getProduct: ({ id }) => found(id),

    listTopics: async () => ({ items: await store.topics(topicsMax) }),

    async changeProduct({ id, ifMatch, title, topic, description, unitPriceCents }, call) {
      staffOf(call);
      const product = await store.editProduct({
        id,
        editCount: editCountOf(ifMatch),
        title,
        titleKey: title && titleKey(title),
        topic,
        topicKey: topic && topicKey(topic),
        description,
        unitPriceCents,
        at: now().toISOString(),
      });
      if (product) {
        recordChange(call, { did: 'changeProduct', productId: id });
        return product;
      }
      const details = { product: await found(id) };
      throw new AppError('preconditionFailed', 'The product was edited since', { details });
    },
  };
}

/** The part of a version that counts edits: orders that arrive must not make an edit stale. */
function editCountOf(version: string | undefined): number {
  if (version === undefined) {
    throw new AppError('preconditionRequired', 'Send If-Match with the ETag of the product');
  }
  // A product begins with 1, so what is not a version of ours matches none.
  return Number(/^([1-9]\d{0,8})-\d+$/.exec(version)?.[1] ?? 0);
}

export function noProduct(id: string): AppError {
  return new AppError('notFound', `There is no product ${id}`);
}
