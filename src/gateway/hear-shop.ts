import type { Bus, CloudEvent } from '../platform/bus.ts';
import type { Traced } from '../platform/trace.ts';
import { beginSpan, untraced, type Tracer } from '../platform/tracing.ts';
import { frame } from './frame.ts';
import { createListening, type Listening } from './listening.ts';
import type { Log } from './log.ts';
import type { Ids } from './stream-ids.ts';

export type HearParts<On extends 'subscribe' | 'hear'> = {
  bus: Pick<Bus, On>;
  log: Log;
  ids: Ids;
  tracer?: Tracer;
  /** There is something new in the log; the trace, if there is one, is over when it was told. */
  onHeard: (trace?: Traced) => void;
  lingerMs: number;
  nowMs: () => number;
};

export const shopTopics = ['orders', 'stock'] as const;
type ShopTopic = (typeof shopTopics)[number];

/** Writes into the log what the shop has to say. */
export function hearShop(parts: HearParts<'subscribe'>): Listening {
  const { bus, log, ids, tracer = untraced, onHeard, lingerMs, nowMs } = parts;

  function hear(topic: ShopTopic, event: CloudEvent): void {
    const { subject, type, data } = event;
    const heard = {
      topic,
      key: `${topic} ${subject}`,
      sequence: Number(event.sequence),
      ownerId: ownerOf(data),
    };
    const textOf = (number: number) =>
      frame({ event: type, id: ids.idOf(number, nowMs()), json: JSON.stringify(event) });
    if (log.add(heard, textOf)) onHeard(tellingOf(event));
  }

  /** From here on the event is told, as whoever published it can see. */
  function tellingOf({ type, traceparent }: CloudEvent): Traced | undefined {
    const trace = tracer.resume(traceparent);
    return trace && beginSpan(trace, { name: `stream ${type}`, kind: 'consumer' });
  }

  return createListening({
    lingerMs,
    start() {
      const stops = shopTopics.map((topic) => bus.subscribe(topic, (event) => hear(topic, event)));
      // What was said until now was missed, so no id of before says where to resume.
      log.forget('orders');
      return () => stops.forEach((stop) => stop());
    },
  });
}

function ownerOf(data: unknown): string | undefined {
  const { userId } = { ...(data as object) } as { userId?: unknown };
  return typeof userId === 'string' ? userId : undefined;
}
