/** What the process that reports fixes is told to do. */
export type PostSpec = {
  port: number;
  /** Sessions to report with, in turn; the baseline wants none. */
  tokens: string[];
  connections: number;
  vehicles: number;
  fixesPerRequest: number;
  /** The time of the first fix of each vehicle; those that follow are a tenth of a second apart. */
  startMs: number;
  warmMs: number;
  measureMs: number;
  /** Open loop: so many single fixes a second in all, each with the time at which it is sent. */
  perSecond?: number;
};

export type PostResult = {
  /** Fixes that were said to be stored: in the measured time, and from the first to the last. */
  stored: number;
  storedInAll: number;
  requests: number;
  p50Ms: number;
  p99Ms: number;
  /** Answers that were not 200, or that did not say that all was stored. */
  odd: Record<string, number>;
  /** The first of each, as it came. */
  examples: Record<string, string>;
  seconds: number;
  generatorUs: number;
  /** Later than every fix that was told of. */
  endMs: number;
};

/** What the process that watches is told to do. */
export type WatchSpec = {
  port: number;
  tokens: string[];
  streamsPerToken: number;
  watchers: number;
  /** Whether each watches one vehicle, or all of them. */
  isOneEach: boolean;
  vehicles: number;
  /** One in so many never reads; 0: all read. */
  stalledEach: number;
};

export type WatchResult = {
  delivered: number;
  bytes: number;
  p50Ms: number;
  p99Ms: number;
  /** How many messages the ages are of, and how many of the same were counted. */
  aged: number;
  counted: number;
  /** Readers whose stream has ended. */
  lost: number;
  seconds: number;
  readerUs: number;
};

/** Fixed in width, so that it can be written over. */
export const vehicleName = (n: number): string => `bench-${String(n).padStart(4, '0')}`;
