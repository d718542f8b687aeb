import type { Bus, CloudEvent } from './bus.ts';
import { traceparent, type Traced } from './trace.ts';
import { inSpan } from './tracing.ts';

type ToPublish = {
  topic: string;
  events: readonly CloudEvent[];
  /** Where the trace of each event's origin goes on, if that is recorded. */
  originsOf: () => readonly (string | null | undefined)[];
  trace: Traced | undefined;
};

/** Publishes events; those whose origin is recorded carry its trace to whoever hears them. */
export function publishTraced(
  bus: Pick<Bus, 'publish'>,
  { topic, events, originsOf, trace }: ToPublish,
): Promise<void> {
  if (!trace) return bus.publish(topic, events);
  const attributes = {
    'messaging.system': 'bazar',
    'messaging.operation.type': 'send',
    'messaging.destination.name': topic,
    'messaging.batch.message_count': events.length,
  };
  const origins = originsOf();
  const start = { name: `publish ${topic}`, kind: 'producer', attributes } as const;
  return inSpan(trace, start, (sender) => {
    const carry = (event: CloudEvent, i: number): CloudEvent => {
      const origin = origins[i];
      return origin ? { ...event, traceparent: onwards(origin, sender) } : event;
    };
    return bus.publish(topic, events.map(carry));
  });
}

/** In the same trace the next span is below the one that has published; else below its own origin. */
function onwards(origin: string, sender: Traced): string {
  return origin.startsWith(sender.traceId, 3) ? traceparent(sender) : origin;
}
