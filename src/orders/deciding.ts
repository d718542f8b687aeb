import { setTimeout as sleep } from 'node:timers/promises';
import { crashPoint } from '../platform/crash.ts';
import { AppError } from '../platform/errors.ts';
import type { OrderRow } from './order-row.ts';
import type { OrdersParts } from './parts.ts';
import { placeStore, type NewOrder } from './place-store.ts';

const retryPauseMsMax = 100;
/** Nothing was done, or nobody knows: under the same ids it may be done again. */
const passing = new Set(['unavailable', 'overloaded', 'deadlineExceeded']);

/** The rows by now: those that were made here, and those that were found. */
export type Decided = { made: Map<string, OrderRow>; found: Map<string, OrderRow> };

/** The second commit: the verdicts are written, and read where somebody else was first. */
export function createDeciding({ database, now }: Pick<OrdersParts, 'database' | 'now'>) {
  const store = placeStore(database);

  return async (
    verdicts: readonly NewOrder[],
    alsoIds: readonly string[],
    untilMs: number,
  ): Promise<Decided> => {
    const at = now().toISOString();
    const inserted =
      verdicts.length > 0 ? await persist(() => store.insertOrders(verdicts, at), untilMs) : [];
    crashPoint('afterPlace');
    const numberOf = new Map(inserted.map(({ id, number }) => [id, number]));
    const made = new Map<string, OrderRow>();
    const toRead = [...alsoIds];
    for (const verdict of verdicts) {
      const number = numberOf.get(verdict.id);
      if (number === undefined) toRead.push(verdict.id);
      else made.set(verdict.id, rowOf(verdict, number, at));
    }
    const rows = toRead.length > 0 ? await persist(() => store.ordersById(toRead), untilMs) : [];
    return { made, found: new Map(rows.map((row) => [row.id, row])) };
  };
}

/** The row as it was written, so that it need not be read. */
function rowOf(verdict: NewOrder, number: number | null, placedAt: string): OrderRow {
  const { id, status, userId, lines, totalCents } = verdict;
  return { id, status, number, userId, fp: null, lines, totalCents, placedAt, closedAt: null };
}

/** Goes on until it is known: whether a commit that brought no answer has happened, nobody can say. */
async function persist<T>(work: () => Promise<T>, untilMs: number): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || !passing.has(error.code)) throw error;
    if (performance.now() > untilMs) throw outcomeUnknown(error);
    await sleep(Math.random() * retryPauseMsMax);
    return persist(work, untilMs);
  }
}

function outcomeUnknown(cause: AppError): AppError {
  return new AppError(
    'outcomeUnknown',
    'It is not known whether this was ordered; send it again with the same Idempotency-Key',
    { cause },
  );
}
