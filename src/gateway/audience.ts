import type { Call } from '../platform/call.ts';
import type { Heard, Hub } from './hub.ts';
import type { SignedIn } from './live-sessions.ts';
import { createOutlet, type Outlet } from './outlet.ts';
import type { createStreamMetrics } from './stream-metrics.ts';
import type { createSlots } from './stream-slots.ts';
import type { Watch } from './watch.ts';

type Parts = {
  hub: Hub;
  watch: Watch;
  slots: ReturnType<typeof createSlots>;
  metrics: ReturnType<typeof createStreamMetrics>;
  /** What may wait for one reader. */
  limits: { waitingMax: number; waitingBytesMax: number };
};

type Visit = {
  caller: SignedIn;
  call: Call;
  /** Whether this is to be told. */
  concerns: (heard: Heard) => boolean;
};

/** Seats readers: each has a line that fills from now on, and gives everything back when it ends. */
export function createAudience({ hub, watch, slots, metrics, limits }: Parts) {
  return ({ caller, call, concerns }: Visit): Outlet<Heard> => {
    const free = slots.take(caller.id);
    const outlet = createOutlet<Heard>({
      itemsMax: limits.waitingMax,
      bytesMax: limits.waitingBytesMax,
      onSkipped: (count) => metrics.skipped.inc(count),
      onTooSlow: () => metrics.tooSlow.inc(),
    });
    const leave = hub.join((heard) => {
      if (concerns(heard)) outlet.add(heard);
    });
    const member = { caller, call, say: outlet.say, end: outlet.end };
    watch.add(member);
    metrics.open.inc();
    outlet.stream.once('close', () => {
      leave();
      watch.remove(member);
      metrics.open.dec();
      free();
    });
    return outlet;
  };
}
