import type { Audience } from './audience.ts';
import type { Filter } from './filter.ts';
import type { Hub } from './hub.ts';
import type { Session } from './live-sessions.ts';
import { createReader, type Reader } from './reader.ts';
import type { createStreamMetrics } from './stream-metrics.ts';
import type { createSlots } from './stream-slots.ts';
import type { Watch } from './watch.ts';

type Parts = {
  hub: Pick<Hub, 'join'>;
  audience: Pick<Audience, 'remove'>;
  watch: Watch;
  slots: ReturnType<typeof createSlots>;
  metrics: Pick<ReturnType<typeof createStreamMetrics>, 'open'>;
};

export type Seat = { reader: Reader; leave: () => void };

/** Places for readers: whoever has one is counted and watched, and gives everything back once. */
export function createSeats({ hub, audience, watch, slots, metrics }: Parts) {
  return (session: Session, filter: Filter): Seat => {
    const free = slots.take(session.id);
    const unhear = hub.join(filter.topics);
    const reader = createReader(filter);
    watch.add(session, reader);
    metrics.open.inc();
    let isThere = true;
    const leave = () => {
      if (!isThere) return;
      isThere = false;
      reader.isOver = true;
      audience.remove(reader);
      watch.remove(session, reader);
      unhear();
      metrics.open.dec();
      free();
    };
    return { reader, leave };
  };
}
