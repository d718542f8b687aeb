import { AppError } from '../platform/errors.ts';

type Limits = { streamsMax: number; perUserMax: number };

/** Nobody has reason to come back sooner: streams end when people leave. */
const retryAfterSeconds = 10;

/** Counts open streams, and says when there are too many. */
export function createSlots({ streamsMax, perUserMax }: Limits) {
  const countOf = new Map<string, number>();
  let all = 0;

  return {
    /** Takes a place until the answer is called. */
    take(userId: string): () => void {
      const own = countOf.get(userId) ?? 0;
      if (own >= perUserMax) {
        const text = `There are ${perUserMax} streams of yours open; close one`;
        throw new AppError('rateLimited', text, { retryAfterSeconds });
      }
      if (all >= streamsMax) {
        throw new AppError('overloaded', 'Too many streams are open here', { retryAfterSeconds });
      }
      all += 1;
      countOf.set(userId, own + 1);
      return () => {
        all -= 1;
        const left = (countOf.get(userId) ?? 1) - 1;
        if (left > 0) countOf.set(userId, left);
        else countOf.delete(userId);
      };
    },
  };
}
