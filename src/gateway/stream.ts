import { randomBytes } from 'node:crypto';
import type { Service } from '../platform/api.ts';
import type { Bus } from '../platform/bus.ts';
import { AppError } from '../platform/errors.ts';
import type { EventStream } from '../platform/event-stream.ts';
import type { Metrics } from '../platform/metrics.ts';
import { untraced, type Tracer } from '../platform/tracing.ts';
import { createAudience, type Audience } from './audience.ts';
import { createBeginnings } from './beginning.ts';
import type { Tracking } from './catch-up.ts';
import { filterOf, signedIn } from './filter.ts';
import { createHub, type HubParts } from './hub.ts';
import type { IsLive } from './live-sessions.ts';
import { createLog, type LogLimits } from './log.ts';
import type { Beginning } from './reader.ts';
import { createSeats, type Seat } from './seats.ts';
import type { Sources } from './snapshot.ts';
import type { streamApi } from './stream-api.ts';
import { createIds } from './stream-ids.ts';
import { createStreamMetrics } from './stream-metrics.ts';
import { createSlots } from './stream-slots.ts';
import { createWatch } from './watch.ts';

export type StreamLimits = {
  streamsMax: number;
  perUserMax: number;
  /** What is heard within this time is told together. */
  togetherMs: number;
  /** Who has not read anything for so long does not read at all. */
  stuckMs: number;
  checkMs: number;
  beatMs: number;
};

export const streamLimits: StreamLimits = {
  streamsMax: 10_000,
  perUserMax: 10,
  togetherMs: 25,
  stuckMs: 60_000,
  checkMs: 5_000,
  beatMs: 15_000,
};

type Parts = Sources & {
  tracking: Tracking;
  /** Absent where what happens cannot be heard, because it happens in other processes. */
  bus: Bus | undefined;
  isLive: IsLive;
  metrics: Metrics;
  tracer?: Tracer;
  limits?: Partial<StreamLimits>;
  logLimits?: Partial<LogLimits>;
  hub?: Pick<HubParts, 'lingerMs' | 'retryMs'>;
  /** Tells the ids of this process from those of others. */
  epoch?: string;
  random?: () => number;
  nowMs?: () => number;
};

export type Streams = { service: Service<typeof streamApi>; close: () => void };

/** Live events for whoever is signed in. */
export function createStreams({ bus, ...parts }: Parts): Streams {
  if (!bus) return { service: { stream: refuseWithoutBus }, close: () => undefined };
  const limits = { ...streamLimits, ...parts.limits };
  const { isLive, tracer = untraced, nowMs = Date.now, random = Math.random } = parts;
  const metrics = createStreamMetrics(parts.metrics);
  const log = createLog(parts.logLimits);
  const ids = createIds(parts.epoch ?? randomBytes(8).toString('hex'));
  const audience = createAudience({ log, ids, metrics, limits, nowMs });
  const ears = { bus, log, ids, tracer, onHeard: audience.heard, nowMs };
  const hub = createHub({ ...parts.hub, ...ears, tracking: parts.tracking });
  const watch = createWatch({ isLive, beat: audience.beat, ...limits });
  const takeSeat = createSeats({ hub, audience, watch, metrics, slots: createSlots(limits) });
  const { begun } = metrics;
  const beginningOf = createBeginnings({ ...parts, hub, log, ids, begun, nowMs, random });

  return {
    service: {
      async stream({ lastEventId, ...asked }, call) {
        const caller = signedIn(call.caller);
        const filter = filterOf(asked, caller);
        const { id, role, sessionId } = caller;
        const seat = takeSeat({ id, role, sessionId }, filter);
        const beginning = await beginningOf({ filter, lastEventId }, call).catch(
          (error: unknown) => {
            seat.leave();
            throw error;
          },
        );
        return streamOf(audience, seat, beginning);
      },
    },
    close() {
      watch.close();
      audience.close();
      hub.close();
    },
  };
}

/** In a function of its own, so that what is kept for long keeps nothing of the request. */
function streamOf(audience: Audience, { reader, leave }: Seat, beginning: Beginning): EventStream {
  Object.assign(reader, beginning);
  return { start: (connection) => audience.begin(reader, connection), close: leave };
}

async function refuseWithoutBus(): Promise<never> {
  throw new AppError(
    'unavailable',
    'This gateway runs in a process of its own, where it cannot hear what happens in the others',
  );
}
