import type { CloudEvent, Consumer } from './bus.ts';
import type { Log } from './log.ts';

type Handle = Consumer['handle'];

/** All who share the events of a topic in one process. */
export type Group = {
  hasRoomFor(count: number): boolean;
  add(events: readonly CloudEvent[]): void;
  join(handle: Handle): { close: () => Promise<void> };
  close(): Promise<void>;
};

type Options = { topic: string; name: string; onEmpty: () => void; log: Log | undefined };
type Entry = { event: CloudEvent; failures: number };
type Member = { close: () => Promise<void> };

const eventsMax = 10_000;
const failuresMax = 10;
const pauseMsMin = 50;
const pauseMsMax = 30_000;

/** Hands each event to one of its members; what throws comes again after a pause that grows. */
export function createGroup({ topic, name, onEmpty, log }: Options): Group {
  const members = new Set<Member>();
  const queue = createQueue();
  /** How many are not handled yet, wherever they are. */
  let unhandled = 0;

  async function tryOne(entry: Entry, handle: Handle): Promise<void> {
    try {
      await handle(entry.event);
      unhandled -= 1;
    } catch (error) {
      entry.failures += 1;
      if (entry.failures < failuresMax) queue.putLater(entry, pauseMsAfter(entry.failures));
      else giveUp(entry, error);
    }
  }

  function giveUp({ event: { id } }: Entry, err: unknown): void {
    unhandled -= 1;
    log?.error({ err, topic, group: name, id }, 'an event failed too often, and is given up');
  }

  async function handleAll(handle: Handle, { signal }: AbortController): Promise<void> {
    while (!signal.aborted) {
      const entry = queue.take();
      // oxlint-disable-next-line no-await-in-loop -- one event after the other
      await (entry ? tryOne(entry, handle) : queue.more());
    }
  }

  function join(handle: Handle): Member {
    const closing = new AbortController();
    const handling = handleAll(handle, closing);
    const member: Member = {
      async close() {
        closing.abort();
        queue.put([]);
        await handling;
        if (!members.delete(member) || members.size > 0) return;
        queue.forget();
        onEmpty();
      },
    };
    members.add(member);
    return member;
  }

  return {
    hasRoomFor: (count) => unhandled + count <= eventsMax,
    add(events) {
      unhandled += events.length;
      queue.put(events.map((event) => ({ event, failures: 0 })));
    },
    join,
    close: () => closeAll([...members]),
  };
}

async function closeAll(members: readonly Member[]): Promise<void> {
  await Promise.all(members.map(({ close }) => close()));
}

function pauseMsAfter(failures: number): number {
  return Math.min(pauseMsMin * 2 ** (failures - 1), pauseMsMax);
}

function createQueue() {
  const pauses = new Set<NodeJS.Timeout>();
  let waiting: Entry[] = [];
  let more = Promise.withResolvers<void>();

  /** Also wakes all who wait for more. */
  function put(entries: readonly Entry[]): void {
    waiting.push(...entries);
    more.resolve();
    more = Promise.withResolvers();
  }

  return {
    put,
    putLater(entry: Entry, pauseMs: number): void {
      const timer = setTimeout(() => {
        pauses.delete(timer);
        put([entry]);
      }, pauseMs);
      pauses.add(timer);
    },
    take: () => waiting.shift(),
    more: () => more.promise,
    forget(): void {
      for (const timer of pauses) clearTimeout(timer);
      waiting = [];
    },
  };
}
