import { about, type Call } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import type { CatalogParts } from './parts.ts';

/** Who did it, as it is kept beside what was done. */
export type Actor = {
  /** Owns idempotency keys: two actors may use the same key. */
  name: string;
  userId: string | null;
  requestId: string;
  traceId: string;
};

/** Lets staff and our own services pass, whatever door they came through, and says who it is. */
export function staffOf({ caller, requestId, trace }: Call): Actor {
  const origin = { requestId, traceId: trace.traceId };
  if (caller.kind === 'anonymous') throw new AppError('unauthorized', 'This is for staff: sign in');
  if (caller.kind === 'service') return { name: `service ${caller.name}`, userId: null, ...origin };
  if (caller.role !== 'staff') throw new AppError('forbidden', 'This is for staff');
  return { name: caller.id, userId: caller.id, ...origin };
}

type Change = { did: string; productId?: string; holdId?: string };

/** Leaves a trace of what staff changed; what a repeated request only repeats is no change. */
export function changeRecorder({ log, metrics }: Pick<CatalogParts, 'log' | 'metrics'>) {
  return (call: Call, change: Change): void => {
    log.info({ ...about(call), ...change }, 'changed by staff');
    metrics.securityEvents.inc({ event: 'staffChange' });
  };
}
