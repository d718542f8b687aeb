import { limitDefault, type Service } from '../platform/api.ts';
import { AppError } from '../platform/errors.ts';
import type { catalogApi, Hold } from './api.ts';
import { holdStore, type HoldRow } from './hold-store.ts';
import { pageOf } from '../platform/pages.ts';
import type { CatalogParts } from './parts.ts';
import { changeRecorder, staffOf } from './staff.ts';

type Work = Pick<Service<typeof catalogApi>, 'getHold' | 'listHolds' | 'releaseHold'>;

const list = 'holds';

/** Stock that staff has put aside: look at it, give it back. */
export function createHolds(parts: CatalogParts): Work {
  const { database, cursors, now } = parts;
  const store = holdStore(database);
  const recordChange = changeRecorder(parts);

  async function found(id: string): Promise<Hold> {
    const row = await store.holdById(id);
    if (!row) throw new AppError('notFound', `There is no hold ${id}`);
    return holdOf(row);
  }

  return {
    async getHold({ id }, call) {
      staffOf(call);
      return found(id);
    },

    async listHolds({ limit = limitDefault, cursor }, call) {
      staffOf(call);
      const place = cursor === undefined ? [] : cursors.decode(list, cursor);
      return pageOf(await store.activeHolds(place, limit + 1), {
        limit,
        item: holdOf,
        cursor: (last) => cursors.encode(list, [last.createdAt, last.id]),
      });
    },

    async releaseHold({ id }, call) {
      staffOf(call);
      const released = await store.releaseStock(id, now().toISOString());
      if (released) recordChange(call, { did: 'releaseHold', holdId: id });
      // Of several who release it at once, each can tell whether it was the one.
      else call.answer.replayed = true;
      return found(id);
    },
  };
}

/** Fresh or read back, a hold has the same fields in the same order. */
export function holdOf({ id, lines, note, createdAt, state }: HoldRow): Hold {
  return {
    id,
    lines,
    ...(note !== null && { note }),
    createdAt,
    state: state === 'A' ? 'active' : 'released',
  };
}
