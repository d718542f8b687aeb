import { randomFillSync } from 'node:crypto';

/** W3C trace context: whose work this is, across processes. */
export type Trace = {
  traceId: string;
  spanId: string;
  flags: string;
  /** What is recorded under this id; absent where nothing is, which is most of the time. */
  span?: Span;
};

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';
export type Attributes = Record<string, string | number | boolean>;

/** A piece of work while it is recorded; whoever began it ends it. */
export type Span = {
  name: string;
  kind: SpanKind;
  parentId: string | undefined;
  isParentRemote: boolean;
  attributes: Attributes;
  links: Trace[];
  /** There were more of them than are kept. */
  linksLeftOut: number;
  /** The code of what went wrong, if that was ours. */
  problem: string | undefined;
  startedAtMs: number;
  isOver: boolean;
  /** It is recorded in another process, and only known here. */
  isRemote: boolean;
  record: (trace: Traced, endedAtMs: number) => void;
};

/** One that is recorded. */
export type Traced = Trace & { span: Span };

const traceparentForm = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Asking the system for chance costs as much as half of a request, so it is asked for many at once. */
const chance = Buffer.alloc(16_384);
let chanceUsedBytes = chance.length;

export function randomHex(bytes: number): string {
  if (chanceUsedBytes + bytes > chance.length) {
    randomFillSync(chance);
    chanceUsedBytes = 0;
  }
  chanceUsedBytes += bytes;
  return chance.toString('hex', chanceUsedBytes - bytes, chanceUsedBytes);
}

/** Goes on with the caller's W3C trace, or begins one; the span is always our own. */
export function traceFrom(header: string | undefined): Trace {
  const spanId = randomHex(8);
  const [, traceId, parentId, flags] = traceparentForm.exec(header ?? '') ?? [];
  // All zeros is how the standard spells "invalid".
  const usable = traceId && flags && !/^0+$/.test(traceId) && !/^0+$/.test(parentId ?? '');
  if (!usable) return { traceId: randomHex(16), spanId, flags: '00' };
  return { traceId, spanId, flags };
}

export function traceparent({ traceId, spanId, flags }: Trace): string {
  return `00-${traceId}-${spanId}-${flags}`;
}
