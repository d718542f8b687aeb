import { AppError } from '../platform/errors.ts';

/**
 * One request per order at a time, in this process. A courtesy that saves work, not what keeps an
 * order from being placed twice.
 */
export function createInFlight() {
  const fpOf = new Map<string, string>();
  return async <T>(id: string, fp: string, work: () => Promise<T>): Promise<T> => {
    const other = fpOf.get(id);
    if (other === fp) {
      throw new AppError('inFlight', 'This very order is being placed', { retryAfterSeconds: 1 });
    }
    if (other !== undefined) {
      throw new AppError('keyReused', 'This Idempotency-Key is being used for another order');
    }
    fpOf.set(id, fp);
    try {
      return await work();
    } finally {
      fpOf.delete(id);
    }
  };
}
