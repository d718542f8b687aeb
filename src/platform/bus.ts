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
  /** W3C trace context, where the trace is recorded. */
  traceparent?: string;
  data: Data;
};

export type Listener = (event: CloudEvent) => void;

/** The newest value of something that changes all the time. */
export type Live = { key: string; value: Readonly<Record<string, unknown>> };

export type LiveListener = {
  /** A value may come twice. */
  heard: (live: Live) => void;
  /**
   * Something may have been missed from this time on; what is heard from now on is whole again. So
   * also once at the beginning, where hearing does not begin at once.
   */
  missed?: (sinceMs: number) => void;
};

export type Consumer = {
  topic: string;
  /** Of all who share a group, in all processes, one gets each event. */
  group: string;
  /** What throws comes again later, perhaps elsewhere. */
  handle: (event: CloudEvent) => Promise<void>;
};

/** How services tell each other what has happened. */
export type Bus = {
  /** For what must not be lost: it is taken over, or this fails. An event may come twice, or late. */
  publish(topic: string, events: readonly CloudEvent[]): Promise<void>;
  /** Everybody who listens hears everything, from now on until the answer is called. */
  subscribe(topic: string, listener: Listener): () => void;
  consume(consumer: Consumer): { close: () => Promise<void> };
  /** Whether anybody would hear; if not, nothing needs to be made ready. */
  isHeard(topic: string): boolean;
  /** For what is soon out of date: never waits, never fails, may be lost. */
  announce(channel: string, values: readonly Live[]): void;
  hear(channel: string, listener: LiveListener): () => void;
  isLiveHeard(channel: string): boolean;
  close(): Promise<void>;
};
