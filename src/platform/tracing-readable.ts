import { SpanKind, SpanStatusCode, TraceFlags, type HrTime, type Link } from '@opentelemetry/api';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Trace, Traced } from './trace.ts';

/** What is said of the process. */
type About = { resource: Record<string, string>; version: string };

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/** Our spans as the SDK reads them. */
export function createReadable({ resource: given, version }: About) {
  const resource = defaultResource().merge(resourceFromAttributes(given));
  const instrumentationScope = { name: 'bazar', version };
  const timeOf = createClock();
  const none: ReadableSpan['events'] = [];

  return (trace: Traced, endedAtMs: number): ReadableSpan => {
    const { span } = trace;
    const context = contextOf(trace);
    const [startTime, endTime] = [timeOf(span.startedAtMs), timeOf(endedAtMs)];
    const { parentId, isParentRemote: isRemote, problem } = span;
    const { traceId } = trace;
    return {
      name: span.name,
      kind: kinds[span.kind],
      spanContext: () => context,
      ...(parentId !== undefined && {
        parentSpanContext: { traceId, spanId: parentId, traceFlags: TraceFlags.SAMPLED, isRemote },
      }),
      startTime,
      endTime,
      duration: [endTime[0] - startTime[0], endTime[1] - startTime[1]],
      status: problem
        ? { code: SpanStatusCode.ERROR, message: problem }
        : { code: SpanStatusCode.UNSET },
      attributes: problem ? { ...span.attributes, 'error.type': problem } : span.attributes,
      links: span.links.map((other): Link => ({ context: contextOf(other) })),
      events: none,
      ended: true,
      resource,
      instrumentationScope,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: span.linksLeftOut,
    };
  };
}

function contextOf({ traceId, spanId }: Trace) {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
}

/** The two clocks of a machine part over days; spans need the fine one, and others' clock. */
const driftMsMax = 20;

function createClock(): (ms: number) => HrTime {
  let originMs = performance.timeOrigin;
  return (ms) => {
    const driftMs = Date.now() - (originMs + performance.now());
    if (Math.abs(driftMs) > driftMsMax) originMs += driftMs;
    const epochMs = originMs + ms;
    const seconds = Math.floor(epochMs / 1_000);
    return [seconds, Math.round((epochMs - seconds * 1_000) * 1e6)];
  };
}
