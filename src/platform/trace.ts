import { randomBytes } from 'node:crypto';

/** W3C trace context: whose work this is, across processes. */
export type Trace = { traceId: string; spanId: string; flags: string };

const traceparentForm = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Goes on with the caller's W3C trace, or begins one; the span is always our own. */
export function traceFrom(header: string | undefined): Trace {
  const spanId = randomBytes(8).toString('hex');
  const [, traceId, parentId, flags] = traceparentForm.exec(header ?? '') ?? [];
  // All zeros is how the standard spells "invalid".
  const usable = traceId && flags && !/^0+$/.test(traceId) && !/^0+$/.test(parentId ?? '');
  if (!usable) return { traceId: randomBytes(16).toString('hex'), spanId, flags: '00' };
  return { traceId, spanId, flags };
}

export function traceparent({ traceId, spanId, flags }: Trace): string {
  return `00-${traceId}-${spanId}-${flags}`;
}
