import type { Service } from '../platform/api.ts';
import { AppError } from '../platform/errors.ts';
import type { catalogApi, Product } from './api.ts';
import type { CatalogParts } from './parts.ts';
import { productStore, type NewProduct } from './product-store.ts';
import { fingerprint, keyedId } from '../platform/idempotency.ts';
import { shortId } from './short-id.ts';
import { changeRecorder, staffOf } from './staff.ts';
import { titleKey, topicKey } from './text.ts';

type Work = Pick<Service<typeof catalogApi>, 'createProduct'>;
type Made = { product: Product; replayed: boolean };

/** A generated id has 40 bits: even the first attempt hardly ever meets a taken one. */
const attemptsMax = 3;

/** Adds products, each once, however often its request is repeated. */
export function createNewProducts(parts: CatalogParts): Work {
  const { database, now } = parts;
  const store = productStore(database);
  const recordChange = changeRecorder(parts);

  /** What the same request made before, if it did. */
  async function madeBefore({ key, fp }: NewProduct): Promise<Product | undefined> {
    const row = await store.productByKey(key, fp);
    if (!row) return undefined;
    const { sameBody, ...product } = row;
    if (sameBody) return product;
    throw new AppError('keyReused', 'This Idempotency-Key has made another product');
  }

  async function insert(draft: Omit<NewProduct, 'id'>, id?: string, attempt = 1): Promise<Made> {
    const wanted = { ...draft, id: id ?? shortId(draft.key, attempt) };
    const made = await store.insertProduct(wanted);
    if (made) return { product: made, replayed: false };
    const before = await madeBefore(wanted);
    if (before) return { product: before, replayed: true };
    if (id !== undefined || attempt === attemptsMax) {
      throw new AppError('alreadyExists', `There already is a product ${wanted.id}`);
    }
    return insert(draft, id, attempt + 1);
  }

  return {
    async createProduct(input, call) {
      const actor = staffOf(call);
      const { id, title, topic, unitPriceCents, description = '', quantity = 0 } = input;
      const draft = {
        title,
        titleKey: titleKey(title),
        topic,
        topicKey: topicKey(topic),
        description,
        unitPriceCents,
        quantity,
        key: keyedId({ actor, operation: 'createProduct', key: input.idempotencyKey }),
        fp: fingerprint(id, title, topic, description, unitPriceCents, quantity),
        at: now().toISOString(),
        actor,
      };
      const { product, replayed } = await insert(draft, id);
      if (replayed) call.answer.replayed = true;
      else recordChange(call, { did: 'createProduct', productId: product.id });
      return product;
    },
  };
}
