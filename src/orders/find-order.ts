import type { Database } from '../platform/database.ts';
import { isStaff, noSuchOrder, type SignedIn } from './access.ts';
import { isOrdered, numberText, type OrderedRow } from './order-row.ts';
import { readStore, type TracedRow } from './read-store.ts';

export type FoundRow = TracedRow & OrderedRow;
export type FindOrder = (caller: SignedIn, idOrNumber: string) => Promise<FoundRow>;

const numberForm = /^ORD(\d+)$/;

/** Finds an order by its id or number, if it is one and the caller may see it. */
export function orderFinder(database: Database): FindOrder {
  const store = readStore(database);

  return async (caller, idOrNumber) => {
    const digits = numberForm.exec(idOrNumber)?.[1];
    const row = await (digits ? store.byNumber(Number(digits)) : store.byId(idOrNumber));
    if (!row || !isFound(row)) throw noSuchOrder();
    if (row.userId !== caller.id && !isStaff(caller)) throw noSuchOrder();
    // ORD00001 is no second name of ORD0001.
    if (digits && numberText(row.number) !== idOrNumber) throw noSuchOrder();
    return row;
  };
}

function isFound(row: TracedRow): row is FoundRow {
  return isOrdered(row);
}
