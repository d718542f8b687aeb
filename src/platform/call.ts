import { randomUUID } from 'node:crypto';
import { AppError } from './errors.ts';
import { traceFrom, type Trace } from './trace.ts';
import { within } from './within.ts';

/** Who asks. A token travels with a user so that the next service can verify it by itself. */
export type Caller =
  | { kind: 'anonymous' }
  | { kind: 'service'; name: string }
  | {
      kind: 'user';
      id: string;
      role: string;
      sessionId: string;
      /** Set for API keys, which may do less than their owner. */
      scopes?: readonly string[];
      /** Set for the API key of a device, which speaks for this vehicle only. */
      vehicleId?: string;
      token: string;
    };

/** What goes with every call besides its input, near and far. */
export type Call = {
  caller: Caller;
  requestId: string;
  trace: Trace;
  /** On this process's monotonic clock; between processes only the remaining time travels. */
  deadlineAtMs: number;
  /** What the callee says besides its reply. */
  answer: {
    status?: number;
    replayed?: true;
    /** For browsers, also with a refusal; it does not travel between processes. */
    setCookie?: string;
  };
};

/** What work for many at once needs of a call: until when, and whose trace it belongs to, if any's. */
export type Patience = Pick<Call, 'deadlineAtMs'> & { trace?: Trace };

/** A call that nobody asked for: the process itself needs something. */
export function ownCall(name: string, budgetMs: number): Call {
  return {
    caller: { kind: 'service', name },
    requestId: randomUUID(),
    trace: traceFrom(undefined),
    deadlineAtMs: performance.now() + budgetMs,
    answer: {},
  };
}

/** Less time than this cannot hold a useful answer. */
const usefulMs = 5;

/** The time that is left, or a refusal when nobody waits any longer. */
export function remainingMs(call: Pick<Call, 'deadlineAtMs'>): number {
  const leftMs = call.deadlineAtMs - performance.now();
  if (leftMs < usefulMs) throw new AppError('deadlineExceeded', 'The time for this call is over');
  return leftMs;
}

const noAnswerInTime = () => new AppError('deadlineExceeded', 'No answer in time');

/** Answers in time: with the result, or with `deadlineExceeded` while the work goes on unseen. */
export function withinDeadline<T>(call: Call, work: Promise<T>): Promise<T> {
  return within(call.deadlineAtMs - performance.now(), work, noAnswerInTime);
}

/** What services ask of each other is not for those they ask for. */
export function serviceOnly({ caller }: Call): void {
  if (caller.kind === 'anonymous') throw new AppError('unauthorized', 'This is for services only');
  if (caller.kind === 'user') throw new AppError('forbidden', 'This is for services only');
}

/** Who is behind a call and where to find it in the logs. */
export function about(call: Call): Record<string, string> {
  const { caller, requestId, trace } = call;
  const who: Record<string, string> =
    caller.kind === 'user' ? { userId: caller.id, role: caller.role } : { caller: caller.kind };
  return { ...who, requestId, traceId: trace.traceId, spanId: trace.spanId };
}
