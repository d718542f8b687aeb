import { randomUUID } from 'node:crypto';
import type { Call, Caller } from '../platform/call.ts';
import { traceFrom } from '../platform/trace.ts';

/** A call as a service meets it, by anyone, with five seconds to go. */
export function callBy(caller: Caller = { kind: 'anonymous' }): Call {
  return {
    caller,
    requestId: randomUUID(),
    trace: traceFrom(undefined),
    deadlineAtMs: performance.now() + 5_000,
    answer: {},
  };
}

export function callByUser(id: string, role = 'customer'): Call {
  return callBy({ kind: 'user', id, role, sessionId: randomUUID(), token: 'none' });
}

export const callByStaff = (id: string = randomUUID()): Call => callByUser(id, 'staff');
