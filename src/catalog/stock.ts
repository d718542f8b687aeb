import { limitDefault, type Service } from '../platform/api.ts';
import { AppError, invalid } from '../platform/errors.ts';
import type { catalogApi, StockMove } from './api.ts';
import { pageOf } from '../platform/pages.ts';
import type { CatalogParts } from './parts.ts';
import { noProduct } from './products.ts';
import { fingerprint, keyedId } from '../platform/idempotency.ts';
import { changeRecorder, staffOf } from './staff.ts';
import { stockStore, type MoveRow, type NewMove } from './stock-store.ts';

type Work = Pick<Service<typeof catalogApi>, 'addStockMove' | 'listStockMoves'>;

/** Stock by hand, and the ledger of all that came and went. */
export function createStock(parts: CatalogParts): Work {
  const { database, cursors, now } = parts;
  const store = stockStore(database);
  const recordChange = changeRecorder(parts);

  /** What the same request moved before, if it did. */
  async function movedBefore({ id, fp }: NewMove): Promise<StockMove | undefined> {
    const row = await store.moveById(id, fp);
    if (!row) return undefined;
    if (row.sameBody) return moveOf(row);
    throw new AppError('keyReused', 'This Idempotency-Key has made another stock move');
  }

  return {
    async addStockMove({ id: productId, idempotencyKey, delta, reason, note = null }, call) {
      const actor = staffOf(call);
      refuseDelta(delta, reason);
      const move: NewMove = {
        id: keyedId({ actor, operation: 'addStockMove', key: idempotencyKey }),
        productId,
        delta,
        reason,
        note,
        fp: fingerprint(productId, delta, reason, note),
        at: now().toISOString(),
        actor,
      };
      const attempt = await store.moveStock(move);
      if (attempt && attempt.availableAfter !== null) {
        recordChange(call, { did: 'addStockMove', productId });
        return moveOf({ ...move, availableAfter: attempt.availableAfter, byUserId: actor.userId });
      }
      const before = await movedBefore(move);
      if (!before) throw attempt ? tooLittle(move, attempt.available) : noProduct(productId);
      call.answer.replayed = true;
      return before;
    },

    async listStockMoves({ id, limit = limitDefault, cursor }, call) {
      staffOf(call);
      const list = `stock moves of ${id}`;
      const [before = null] = cursor === undefined ? [] : cursors.decode(list, cursor);
      const rows = await store.movesOfProduct(id, before as number | null, limit + 1);
      if (!rows) throw noProduct(id);
      return pageOf(rows, {
        limit,
        item: moveOf,
        cursor: ({ seq }) => cursors.encode(list, [seq]),
      });
    },
  };
}

function refuseDelta(delta: number, reason: NewMove['reason']): void {
  if (delta === 0) throw invalid('body', '/delta', 'must not be 0');
  if (reason === 'restock' && delta < 0) {
    throw invalid('body', '/delta', 'must be positive for a restock');
  }
}

function tooLittle({ productId, delta }: NewMove, available: number): AppError {
  const details = { productId, available, asked: -delta };
  return new AppError('outOfStock', `Only ${available} of ${productId} can be taken`, { details });
}

/** Fresh or read back, a move has the same fields in the same order. */
function moveOf(row: Omit<MoveRow, 'seq'>): StockMove {
  const { id, productId, delta, reason, note, availableAfter, at, byUserId } = row;
  return {
    id,
    productId,
    delta,
    reason,
    ...(note !== null && { note }),
    availableAfter,
    at,
    ...(byUserId !== null && { byUserId }),
  };
}
