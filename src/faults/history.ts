import { createWriteStream } from 'node:fs';

export type Operation =
  | 'place'
  | 'placeOther'
  | 'abort'
  | 'cancel'
  | 'fulfil'
  | 'get'
  | 'list'
  | 'restock';

export const operations: readonly Operation[] = [
  'place',
  'placeOther',
  'abort',
  'cancel',
  'fulfil',
  'get',
  'list',
  'restock',
];

/** What came of an attempt: `info` says that nobody knows whether it was done. */
export type Outcome = 'ok' | 'fail' | 'info';

/** What an order looked like to who asked. */
export type Seen = { id: string; status: string; version: string; userId: string };

export type Attempt = {
  f: Operation;
  /** Who did it: a process has one attempt at a time, and none after one that ended as `info`. */
  p: string;
  /** The Idempotency-Key with its user, or the id of the order. */
  key: string;
  /** What was asked for, where that matters. */
  body?: string;
  startedMs: number;
  endedMs: number;
  type: Outcome;
  /** The code of a refusal. */
  code?: string;
  seen?: Seen[];
  /** Of stock: the id of the move. */
  moveId?: string;
};

export type Begun = Pick<Attempt, 'f' | 'p' | 'key' | 'body'>;
export type Result = Pick<Attempt, 'type' | 'code' | 'seen' | 'moveId'>;

export type History = {
  attempts: readonly Attempt[];
  /** Something is about to be asked; the answer goes to the function that comes back. */
  invoke: (begun: Begun) => (result: Result) => void;
  note: (what: object) => void;
  close: () => Promise<void>;
};

/** Who asked for what, and what came of it, in the order in which it happened; one line each. */
export function openHistory(path: string): History {
  const attempts: Attempt[] = [];
  const file = createWriteStream(path);
  const startedMs = performance.now();
  const now = () => Math.round((performance.now() - startedMs) * 1_000) / 1_000;
  let isClosed = false;
  // Who is still under way when a run is ended early has nobody left to tell.
  function write(line: object): void {
    if (!isClosed) file.write(`${JSON.stringify({ t: now(), ...line })}\n`);
  }

  return {
    attempts,
    invoke({ f, p, key, body }) {
      write({ p, type: 'invoke', f, key, v: body });
      const invokedMs = now();
      return (result) => {
        const { type, ...v } = result;
        write({ p, type, f, key, v });
        const begun = { f, p, key, ...(body !== undefined && { body }) };
        attempts.push({ ...begun, startedMs: invokedMs, endedMs: now(), ...result });
      };
    },
    note: (what) => write({ p: 'nemesis', ...what }),
    async close() {
      isClosed = true;
      const { promise, resolve } = Promise.withResolvers<void>();
      file.end(resolve);
      await promise;
    },
  };
}
