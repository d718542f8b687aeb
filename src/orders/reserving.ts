import { randomUUID } from 'node:crypto';
import { ownCall, type Patience } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import type { Catalog, Reservation } from './parts.ts';
import type { Wanted } from './verdict.ts';

/** As many as one call takes along. */
const ridingMax = 64;
/** What is forgotten is asked for by the sweeper. */
const settledMax = 1_024;

export type Reserved = { batchId: string; reservations: readonly Reservation[] };

/** The first commit: stock for a whole batch, and with it the news of batches that are decided. */
export function createReserving(catalog: Pick<Catalog, 'reserve'>) {
  let settled: string[] = [];

  /** Every order of the batch that has stock is decided, and keeps it or has had it. */
  function isSettled(batchIds: readonly string[]): void {
    settled = [...settled, ...batchIds].slice(-settledMax);
  }

  /** Each try has a batch id of its own: an earlier one may come late and take stock after all. */
  async function reserve(
    batch: readonly Wanted[],
    patience: Patience,
    triesLeft = 2,
  ): Promise<Reserved> {
    const batchId = randomUUID();
    const riding = settled.splice(0, ridingMax);
    const orders = batch.map(({ id, fp, lines }) => ({ orderId: id, fp, lines }));
    try {
      const call = { ...ownCall('orders', 0), ...patience };
      const { results } = await catalog.reserve({ batchId, settled: riding, orders }, call);
      return { batchId, reservations: results };
    } catch (error) {
      isSettled(riding);
      const isAway = error instanceof AppError && error.code === 'unavailable';
      if (!isAway || triesLeft === 1) throw error;
      return reserve(batch, patience, triesLeft - 1);
    }
  }
  return { reserve, isSettled };
}
