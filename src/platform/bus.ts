/** CloudEvents 1.0, in JSON. */
export type CloudEvent<Data = unknown> = {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  /** What it is about; with `sequence` it says whether it is news. */
  subject: string;
  /** Rises with every event about the same subject. */
  sequence: string;
  time: string;
  datacontenttype: 'application/json';
  data: Data;
};

export type Listener = (event: CloudEvent) => void;

/** How services tell each other what has happened. An event may come twice, or late. */
export type Bus = {
  publish(topic: string, events: readonly CloudEvent[]): Promise<void>;
  /** Listens from now on, until the answer is called. */
  subscribe(topic: string, listener: Listener): () => void;
  /** Whether anybody would hear; if not, nothing needs to be made ready. */
  isHeard(topic: string): boolean;
};

/** The bus of a process that has everything. */
export function createBus(): Bus {
  const listenersOf = new Map<string, Set<Listener>>();
  return {
    async publish(topic, events) {
      for (const listener of listenersOf.get(topic) ?? []) {
        for (const event of events) listener(event);
      }
    },
    subscribe(topic, listener) {
      const listeners = listenersOf.get(topic) ?? new Set();
      listenersOf.set(topic, listeners.add(listener));
      return () => void listeners.delete(listener);
    },
    isHeard: (topic) => (listenersOf.get(topic)?.size ?? 0) > 0,
  };
}
