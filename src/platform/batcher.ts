import type { Call } from './call.ts';
import { AppError } from './errors.ts';
import type { Metrics } from './metrics.ts';

type Patience = Pick<Call, 'deadlineAtMs'>;

type Waiting<In, Out> = Patience & {
  item: In;
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
  inFlightMax: number;
  queueMax: number;
  metrics: Pick<Metrics, 'batchSize' | 'batcherWaiting' | 'batchBisects'>;
};

/**
 * Turns many concurrent `add` calls into few `flush` calls. There is no timer: whatever waits while
 * a batch is in flight becomes the next one, so an idle system adds no latency.
 */
export function batcher<In, Out>(options: Options<In, Out>): Batcher<In, Out> {
  const { name, sizeMax, inFlightMax, queueMax, metrics } = options;
  const queue: Waiting<In, Out>[] = [];
  let inFlight = 0;

  function add(item: In, { deadlineAtMs }: Patience): Promise<Out> {
    if (queue.length >= queueMax) {
      return Promise.reject(new AppError('overloaded', 'Too much is waiting; nothing was done'));
    }
    return new Promise((resolve, reject) => {
      queue.push({ item, deadlineAtMs, resolve, reject });
      metrics.batcherWaiting.set({ batcher: name }, queue.length);
      // One turn of the event loop later, all requests that came with this one are here too.
      if (queue.length === 1) setImmediate(pump);
    });
  }

  function pump(): void {
    while (inFlight < inFlightMax && queue.length > 0) {
      const batch = queue.splice(0, sizeMax).filter(stillWanted);
      if (batch.length > 0) void send(batch);
    }
    metrics.batcherWaiting.set({ batcher: name }, queue.length);
  }

  async function send(batch: Waiting<In, Out>[]): Promise<void> {
    inFlight += 1;
    metrics.batchSize.observe({ batcher: name }, batch.length);
    await settle(batch, options);
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
  const { name, flush, isPoison = () => false, metrics } = options;
  try {
    const items = batch.map(({ item }) => item);
    // The batch may take as long as its most patient member waits.
    const deadlineAtMs = Math.max(...batch.map((waiting) => waiting.deadlineAtMs));
    answer(batch, await flush(items, { deadlineAtMs }));
  } catch (error) {
    if (batch.length === 1 || !isPoison(error)) return batch.forEach(({ reject }) => reject(error));
    // One bad item must not take its neighbours with it: halve until it is alone.
    metrics.batchBisects.inc({ batcher: name });
    const middle = Math.ceil(batch.length / 2);
    await settle(batch.slice(0, middle), options);
    await settle(batch.slice(middle), options);
  }
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
function stillWanted<In, Out>({ deadlineAtMs, reject }: Waiting<In, Out>): boolean {
  if (deadlineAtMs > performance.now()) return true;
  reject(new AppError('deadlineExceeded', 'No answer in time; nothing was done'));
  return false;
}
