import type { Service } from '../platform/api.ts';
import type { Bus } from '../platform/bus.ts';
import type { Call } from '../platform/call.ts';
import { AppError, invalid } from '../platform/errors.ts';
import type { EventStream } from '../platform/event-stream.ts';
import type { Metrics } from '../platform/metrics.ts';
import { remember } from '../platform/remember.ts';
import { createAudience } from './audience.ts';
import { frame } from './frame.ts';
import { createHub, type Heard, type HubParts } from './hub.ts';
import type { IsLive, SignedIn } from './live-sessions.ts';
import { createSnapshots, type Sources, type VersionOf } from './snapshot.ts';
import { topics as allTopics, type streamApi, type Topic } from './stream-api.ts';
import { createStreamMetrics } from './stream-metrics.ts';
import { createSlots } from './stream-slots.ts';
import { createWatch } from './watch.ts';

export type StreamLimits = {
  streamsMax: number;
  perUserMax: number;
  /** What may wait for one reader. */
  waitingMax: number;
  waitingBytesMax: number;
  checkMs: number;
  beatMs: number;
};

export const streamLimits: StreamLimits = {
  streamsMax: 1_000,
  perUserMax: 10,
  waitingMax: 256,
  waitingBytesMax: 1024 * 1024,
  checkMs: 5_000,
  beatMs: 15_000,
};

type Parts = Sources & {
  /** Absent where what happens cannot be heard, because it happens in other processes. */
  bus: Bus | undefined;
  isLive: IsLive;
  metrics: Metrics;
  limits?: Partial<StreamLimits>;
  hub?: Pick<HubParts, 'eventsMax' | 'lingerMs' | 'epoch'>;
  random?: () => number;
};

export type Streams = { service: Service<typeof streamApi>; close: () => void };

const retryMsMin = 1_000;
const retryMsMax = 5_000;
/** How long it is known what a session was shown, for when it comes back. */
const shownKeepMs = 600_000;

type Wanted = { caller: SignedIn; topics: ReadonlySet<Topic>; lastEventId: string | undefined };

/** Live events for whoever is signed in. */
export function createStreams({ bus, ...parts }: Parts): Streams {
  if (!bus) return { service: { stream: refuseWithoutBus }, close: () => undefined };
  const limits = { ...streamLimits, ...parts.limits };
  const { isLive, random = Math.random } = parts;
  const metrics = createStreamMetrics(parts.metrics);
  const hub = createHub({ ...parts.hub, bus, topics: allTopics });
  // The id lets somebody whose own events are rare come back as one who has missed nothing.
  const beat = () => `: still here\nid: ${hub.position()}\n\n`;
  const watch = createWatch({ isLive, beat, checkMs: limits.checkMs, beatMs: limits.beatMs });
  const seat = createAudience({ hub, watch, slots: createSlots(limits), metrics, limits });
  const takeSnapshot = createSnapshots(parts);
  const shownTo = remember<VersionOf>(limits.streamsMax);
  const retry = () => `retry: ${Math.round(retryMsMin + random() * (retryMsMax - retryMsMin))}\n\n`;

  async function open(wanted: Wanted, call: Call): Promise<EventStream> {
    const { caller, topics, lastEventId } = wanted;
    // What a snapshot has shown is not taken back by older events that come late.
    let shown = shownTo.get(caller.sessionId);
    const concerns = (heard: Heard) =>
      isFor(wanted, heard) && heard.sequence >= (shown?.(heard.key) ?? -Infinity);
    const outlet = seat({ caller, call, concerns });
    const missed = hub.since(lastEventId);
    metrics.begun.inc({ with: missed ? 'missed events' : 'snapshot' });
    if (missed) {
      outlet.begin([retry(), ...missed.filter(concerns).map(({ text }) => text)], concerns);
      return outlet.stream;
    }
    // What is heard from here on waits, so that nothing is missed while the snapshot is taken.
    const id = hub.position();
    const { data, versionOf } = await takeSnapshot(topics, call).catch((error: unknown) => {
      outlet.stream.destroy();
      throw error;
    });
    if (outlet.stream.destroyed) throw notBegun();
    shown = versionOf;
    shownTo.set(caller.sessionId, versionOf, shownKeepMs);
    outlet.begin([retry(), frame({ event: 'snapshot', id, data })], concerns);
    return outlet.stream;
  }

  return {
    service: {
      async stream({ topics, lastEventId }, call) {
        const wanted = { caller: signedIn(call), topics: readTopics(topics), lastEventId };
        return open(wanted, call);
      },
    },
    close() {
      watch.close();
      hub.close();
    },
  };
}

function isFor({ caller, topics }: Wanted, { topic, userId }: Heard): boolean {
  if (!topics.has(topic as Topic)) return false;
  return topic !== 'orders' || caller.role === 'staff' || userId === caller.id;
}

function readTopics(list: string | undefined): ReadonlySet<Topic> {
  const named = (list?.split(',') ?? allTopics) as readonly Topic[];
  const topics = new Set(named);
  if (topics.size < named.length) throw invalid('query', '/topics', 'names a topic twice');
  return topics;
}

function signedIn({ caller }: Call): SignedIn {
  if (caller.kind === 'user') return caller;
  throw new AppError('unauthorized', 'Sign in to hear what happens');
}

function notBegun(): AppError {
  return new AppError(
    'overloaded',
    'More happened than could be kept for the beginning; try again',
  );
}

async function refuseWithoutBus(): Promise<never> {
  throw new AppError(
    'unavailable',
    'This gateway runs in a process of its own, where it cannot hear what happens in the others',
  );
}
