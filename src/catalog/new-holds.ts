import type { Service } from '../platform/api.ts';
import { AppError, invalid } from '../platform/errors.ts';
import type { catalogApi, Hold } from './api.ts';
import { holdStore, type HeldLine, type NewHold } from './hold-store.ts';
import { holdOf } from './holds.ts';
import type { CatalogParts } from './parts.ts';
import { fingerprint, keyedId } from '../platform/idempotency.ts';
import { changeRecorder, staffOf } from './staff.ts';

type Catalog = Service<typeof catalogApi>;
type Work = Pick<Catalog, 'createHold'>;
type Lines = Parameters<Catalog['createHold']>[0]['lines'];

/** Puts stock aside outside any order, each time once, however often the request is repeated. */
export function createNewHolds(parts: CatalogParts): Work {
  const { database, now } = parts;
  const store = holdStore(database);
  const recordChange = changeRecorder(parts);

  /** What the same request held before, if it did. */
  async function heldBefore({ id, fp }: NewHold): Promise<Hold | undefined> {
    const row = await store.holdById(id, fp);
    if (!row) return undefined;
    if (row.sameBody) return holdOf(row);
    throw new AppError('keyReused', 'This Idempotency-Key has made another hold');
  }

  return {
    async createHold({ idempotencyKey, lines, note = null }, call) {
      const actor = staffOf(call);
      const wanted = merge(lines);
      const hold: NewHold = {
        id: keyedId({ actor, operation: 'createHold', key: idempotencyKey }),
        productIds: wanted.map(([productId]) => productId),
        quantities: wanted.map(([, quantity]) => quantity),
        note,
        // Neither the order of lines nor how they are split makes it another request.
        fp: fingerprint(
          wanted.toSorted(([a], [b]) => (a < b ? -1 : 1)),
          note,
        ),
        at: now().toISOString(),
      };
      const outcome = await store.holdStock(hold);
      if (outcome.every(({ held }) => held)) {
        recordChange(call, { did: 'createHold', holdId: hold.id });
        const held = outcome.map(lineOf);
        return holdOf({ id: hold.id, lines: held, note, createdAt: hold.at, state: 'A' });
      }
      const before = await heldBefore(hold);
      if (!before) throw refusalOf(outcome, lines);
      call.answer.replayed = true;
      return before;
    },
  };
}

/** Equal products become one line, in the order of their first mention. */
function merge(lines: Lines): [productId: string, quantity: number][] {
  const quantities = new Map<string, number>();
  for (const { productId, quantity } of lines) {
    quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  }
  return [...quantities];
}

function lineOf({ productId, quantity, unitPriceCents }: HeldLine): Hold['lines'][number] {
  return { productId, quantity, unitPriceCents: unitPriceCents as number };
}

function refusalOf(outcome: readonly HeldLine[], lines: Lines): AppError {
  const unknown = outcome.find(({ available }) => available === null);
  if (unknown) {
    const i = lines.findIndex(({ productId }) => productId === unknown.productId);
    return invalid('body', `/lines/${i}/productId`, 'is not a product');
  }
  const short = outcome
    .filter(({ available, quantity }) => (available ?? 0) < quantity)
    .map(({ productId, quantity, available }) => ({ productId, asked: quantity, available }));
  return new AppError('outOfStock', 'There is not enough stock for these lines', {
    details: { lines: short },
  });
}
