import { randomBytes } from 'node:crypto';
import type { Bus, CloudEvent } from '../platform/bus.ts';
import { remember } from '../platform/remember.ts';
import { frame } from './frame.ts';
import { createRing } from './ring.ts';

/** An event that was heard. */
export type Heard = {
  topic: string;
  /** What it is about, across topics; with `sequence` it says whether it is news. */
  key: string;
  sequence: number;
  /** Whose it is, if it is somebody's. */
  userId: string | undefined;
  /** As it is sent; all readers share it. */
  text: string;
  bytes: number;
};

export type Hub = {
  /** Hears everything from now on, until the answer is called. */
  join(listener: (heard: Heard) => void): () => void;
  /** What was heard after this id; nothing at all, if that cannot be told for sure. */
  since(id: string | undefined): Heard[] | undefined;
  /** The id of now. */
  position(): string;
  close(): void;
};

export type HubParts = {
  bus: Pick<Bus, 'subscribe'>;
  topics: readonly string[];
  eventsMax?: number;
  bytesMax?: number;
  /** How long to go on listening when the last one has left, so that who comes back can resume. */
  lingerMs?: number;
  epoch?: string;
};

const subjectsMax = 20_000;
const subjectKeepMs = 3_600_000;
const idForm = /^([0-9a-z]{1,32})-([0-9]{1,15})$/;

/** Hears the bus for all streams of a process, and knows for a while what was said. */
export function createHub({ bus, topics, lingerMs = 60_000, ...parts }: HubParts): Hub {
  const { epoch = randomBytes(8).toString('hex'), eventsMax = 1_000, bytesMax = 8_388_608 } = parts;
  const lastSequence = remember<number>(subjectsMax);
  const ring = createRing<Heard>({ itemsMax: eventsMax, bytesMax });
  const listeners = new Set<(heard: Heard) => void>();
  let stops: (() => void)[] = [];
  let lingering: NodeJS.Timeout | undefined;

  function hear(topic: string, event: CloudEvent): void {
    const key = `${topic} ${event.subject}`;
    const sequence = Number(event.sequence);
    // So also what has no readable sequence, about which nobody could say whether it is news.
    if (!(sequence > (lastSequence.get(key) ?? -Infinity))) return;
    lastSequence.set(key, sequence, subjectKeepMs);
    const id = `${epoch}-${ring.last() + 1}`;
    const text = frame({ event: event.type, id, data: event });
    const bytes = Buffer.byteLength(text);
    const heard = { topic, key, sequence, userId: ownerOf(event), text, bytes };
    ring.add(heard);
    for (const listener of listeners) listener(heard);
  }

  function stop(): void {
    clearTimeout(lingering);
    for (const stopOne of stops) stopOne();
    stops = [];
    // What is said from now on is missed, so no id of before says where to resume.
    ring.forget();
  }

  return {
    join(listener) {
      clearTimeout(lingering);
      listeners.add(listener);
      if (stops.length === 0) {
        stops = topics.map((topic) => bus.subscribe(topic, (event) => hear(topic, event)));
      }
      return () => {
        const wasLast = listeners.delete(listener) && listeners.size === 0;
        if (wasLast && stops.length > 0) lingering = setTimeout(stop, lingerMs).unref();
      };
    },

    since(id) {
      const [, ofEpoch, digits] = idForm.exec(id ?? '') ?? [];
      return ofEpoch === epoch ? ring.after(Number(digits)) : undefined;
    },

    position: () => `${epoch}-${ring.last()}`,
    close: stop,
  };
}

function ownerOf({ data }: CloudEvent): string | undefined {
  const { userId } = { ...(data as object) } as { userId?: unknown };
  return typeof userId === 'string' ? userId : undefined;
}
