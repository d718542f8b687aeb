import { traceFrom, type Span, type Trace, type Traced } from './trace.ts';
import { newSpan, type Tracer } from './tracing.ts';

type Parts = {
  /** Whether to record a trace; its parent has said so or not, if there is one. */
  isSampled: (traceId: string, isParentSampled: boolean | undefined) => boolean;
  record: Span['record'];
};

const sampledBit = 1;

/** Records spans under the ids that travel and are logged. It knows nothing of where they go. */
export function createTracer({ isSampled, record }: Parts): Tracer {
  /** Whatever is recorded in other processes, of which only the ids are known. */
  const elsewhere: Span = { ...newSpan(record), isRemote: true };

  return {
    isOn: true,

    enter(header): Trace {
      const { traceId, spanId, flags } = traceFrom(header);
      // Where it could not be read, another trace was begun.
      const parentId = header?.startsWith(traceId, 3) ? header.slice(36, 52) : undefined;
      const isParentSampled = parentId === undefined ? undefined : isSet(flags);
      if (!isSampled(traceId, isParentSampled)) return { traceId, spanId, flags: '00' };
      const span = newSpan(record);
      span.parentId = parentId;
      span.isParentRemote = parentId !== undefined;
      return { traceId, spanId, flags: '01', span };
    },

    resume(header): Traced | undefined {
      if (!header) return undefined;
      const { traceId, flags } = traceFrom(header);
      if (!header.startsWith(traceId, 3) || !isSet(flags)) return undefined;
      return { traceId, spanId: header.slice(36, 52), flags: '01', span: elsewhere };
    },
  };
}

function isSet(flags: string): boolean {
  return (Number.parseInt(flags, 16) & sampledBit) === sampledBit;
}

/** What a sampler has to be asked for a root; whoever has a parent may be bound to what it says. */
export function parentBased(
  isBound: boolean,
  isRootSampled: (traceId: string) => boolean,
): Parts['isSampled'] {
  return (traceId, isParentSampled) =>
    isBound && isParentSampled !== undefined ? isParentSampled : isRootSampled(traceId);
}
