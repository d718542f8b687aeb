import type { Patience } from './call.ts';
import { AppError } from './errors.ts';
import { line } from './line.ts';
import type { Metrics } from './metrics.ts';
import { createPace } from './pace.ts';
import type { Trace } from './trace.ts';
import { inSpanOfMany } from './tracing.ts';

type Waiting<In, Out> = {
  item: In;
  deadlineAtMs: number;
  trace: Trace | undefined;
  weight: number;
  sinceMs: number;
  resolve: (out: Out) => void;
  reject: (error: unknown) => void;
};

export type Batcher<In, Out> = { add: (item: In, call: Patience) => Promise<Out> };

type Options<In, Out> = {
  name: string;
  /** One result per item, in order; an AppError among them refuses that item alone. */
  flush: (items: readonly In[], call: Patience) => Promise<readonly (Out | AppError)[]>;
  /** Whether the error is about an item rather than the whole; then the batch is halved. */
  isPoison?: (error: unknown) => boolean;
  sizeMax: number;
  /** What an item costs, where items differ; a batch is no heavier than `weightMax`. */
  weigh?: (item: In) => number;
  /** One item alone may be heavier. */
  weightMax?: number;
  inFlightMax: number;
  queueMax: number;
  /** Whoever would wait longer for its turn is refused at once; unless said, only for its deadline. */
  waitMsMax?: number;
  metrics: Pick<Metrics, 'batchSize' | 'batchWait' | 'batcherWaiting' | 'batchBisects'>;
  clockMs?: () => number;
};

/** So few may always wait: one stall of a quiet system must not refuse anybody. */
const freelyWaiting = 32;

/**
 * Turns many concurrent `add` calls into few `flush` calls. There is no timer: whatever waits while
 * a batch is in flight becomes the next one, so an idle system adds no latency.
 */
export function batcher<In, Out>(options: Options<In, Out>): Batcher<In, Out> {
  const { name, sizeMax, inFlightMax, queueMax, metrics } = options;
  const { weigh = () => 0, weightMax = Infinity, waitMsMax = Infinity } = options;
  const { clockMs = () => performance.now() } = options;
  const queue = line<Waiting<In, Out>>();
  const pace = createPace(inFlightMax, clockMs);
  let inFlight = 0;

  function admits(deadlineAtMs: number): boolean {
    const items = queue.size();
    if (items >= queueMax) return false;
    const batches = Math.floor(Math.max(items / sizeMax, queue.weight() / weightMax));
    const waitMs = pace.waitMs({ items, batches });
    if (waitMs > Math.max(0, deadlineAtMs - clockMs())) return false;
    return items < freelyWaiting || waitMs <= waitMsMax;
  }

  function add(item: In, { deadlineAtMs, trace }: Patience): Promise<Out> {
    if (!admits(deadlineAtMs)) {
      return Promise.reject(new AppError('overloaded', 'Too much is waiting; nothing was done'));
    }
    return new Promise((resolve, reject) => {
      const sinceMs = clockMs();
      queue.push({ item, weight: weigh(item), sinceMs, deadlineAtMs, trace, resolve, reject });
      metrics.batcherWaiting.set({ batcher: name }, queue.size());
      // One turn of the event loop later, all requests that came with this one are here too.
      if (queue.size() === 1) setImmediate(pump);
    });
  }

  function pump(): void {
    while (inFlight < inFlightMax && queue.size() > 0) {
      const nowMs = clockMs();
      const isWanted = (waiting: Waiting<In, Out>) => stillWanted(waiting, nowMs);
      const batch = queue.take({ sizeMax, weightMax, isWanted });
      for (const { sinceMs } of batch) {
        metrics.batchWait.observe({ batcher: name }, (nowMs - sinceMs) / 1_000);
      }
      if (batch.length > 0) void send(batch);
    }
    metrics.batcherWaiting.set({ batcher: name }, queue.size());
  }

  async function send(batch: Waiting<In, Out>[]): Promise<void> {
    inFlight += 1;
    const end = pace.begin(batch.length);
    metrics.batchSize.observe({ batcher: name }, batch.length);
    await settle(batch, options);
    end();
    inFlight -= 1;
    pump();
  }
  return { add };
}

/** Flushes a batch and answers each of its members. */
async function settle<In, Out>(
  batch: readonly Waiting<In, Out>[],
  options: Options<In, Out>,
): Promise<void> {
  const { name, isPoison = () => false, metrics } = options;
  try {
    answer(batch, await flushAll(batch, options));
  } catch (error) {
    if (batch.length === 1 || !isPoison(error)) return batch.forEach(({ reject }) => reject(error));
    // One bad item must not take its neighbours with it: halve until it is alone.
    metrics.batchBisects.inc({ batcher: name });
    const middle = Math.ceil(batch.length / 2);
    await settle(batch.slice(0, middle), options);
    await settle(batch.slice(middle), options);
  }
}

async function flushAll<In, Out>(
  batch: readonly Waiting<In, Out>[],
  { name, flush }: Options<In, Out>,
): Promise<readonly (Out | AppError)[]> {
  const items = batch.map(({ item }) => item);
  // The batch may take as long as its most patient member waits.
  const deadlineAtMs = Math.max(...batch.map((waiting) => waiting.deadlineAtMs));
  const attributes = { 'bazar.batch.size': batch.length };
  return inSpanOfMany(batch, { name: `batch ${name}`, kind: 'internal', attributes }, (trace) =>
    flush(items, trace ? { deadlineAtMs, trace } : { deadlineAtMs }),
  );
}

function answer<In, Out>(
  batch: readonly Waiting<In, Out>[],
  results: readonly (Out | AppError)[],
): void {
  if (results.length !== batch.length) throw new Error('A batch came back without all its results');
  for (const [i, { resolve, reject }] of batch.entries()) {
    const result = results[i] as Out | AppError;
    if (result instanceof AppError) reject(result);
    else resolve(result);
  }
}

/** Nobody waits any longer: the time is better spent on those who do. */
function stillWanted<In, Out>({ deadlineAtMs, reject }: Waiting<In, Out>, nowMs: number): boolean {
  if (deadlineAtMs > nowMs) return true;
  reject(new AppError('deadlineExceeded', 'No answer in time; nothing was done'));
  return false;
}
