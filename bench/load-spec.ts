/** What stands in a request where a fresh key goes, and where the number of a product goes. */
export const keyMark = '#'.repeat(36);
export const productMark = 'bench-0000';

export type LoadSpec = {
  port: number;
  connections: number;
  /** So many to choose from; 0: all want the same one. */
  products: number;
  warmMs: number;
  measureMs: number;
  /** Closed loop: between an answer and the next request, in the mean. */
  pauseMs?: number;
  /** Open loop: arrivals per second, and how many of them may wait for a connection. */
  perSecond?: number;
  queueMax?: number;
};

export type Spread = { p50Ms: number; p99Ms: number; p999Ms: number };
export type Second = { accepted: number; refused: number; p99Ms: number };

export type LoadResult = {
  accepted: number;
  ok: Spread;
  not: Spread;
  statuses: Record<string, number>;
  /** The first answer of each status but 201, as it came. */
  examples: Record<string, string>;
  withRetryAfter: number;
  /** Arrivals for which there was neither a connection nor room to wait. */
  dropped: number;
  generatorUs: number;
  seconds: Second[];
};
