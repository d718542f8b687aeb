import type { Api, Service } from '../platform/api.ts';
import type { Call } from '../platform/call.ts';
import { AppError, type ErrorCode } from '../platform/errors.ts';

type Operation = (input: unknown, call: Call) => Promise<unknown>;
type Asked = { name: string; input: unknown; call: Call };

const triesMax = 3;

/** What another replica may know better; each write has a key, so asking it twice does no harm. */
const passing: ReadonlySet<ErrorCode> = new Set([
  'unavailable',
  'deadlineExceeded',
  'outcomeUnknown',
]);

/** One service out of many replicas: they take turns, and stand in for those that do not answer. */
export function balanced<A extends Api>(api: A, live: () => readonly Service<A>[]): Service<A> {
  let turn = 0;

  async function ask({ name, input, call }: Asked, triesLeft: number): Promise<unknown> {
    const replicas = live();
    turn += 1;
    const replica = replicas[turn % replicas.length];
    if (!replica) {
      throw new AppError('unavailable', 'no replica is there, try again', { retryAfterSeconds: 1 });
    }
    try {
      const one = replica[name] as Operation;
      return await one(input, triesLeft > 1 ? hurried(call) : call);
    } catch (error) {
      if (triesLeft <= 1 || !isPassing(error)) throw error;
      return ask({ name, input, call }, triesLeft - 1);
    }
  }

  const operations = Object.keys(api).map((name) => [
    name,
    (input: unknown, call: Call) => ask({ name, input, call }, triesMax),
  ]);
  return Object.fromEntries(operations) as Service<A>;
}

/** A replica that hangs gets half of the time that is left: the rest is for another one. */
function hurried(call: Call): Call {
  const leftMs = call.deadlineAtMs - performance.now();
  return { ...call, deadlineAtMs: call.deadlineAtMs - leftMs / 2 };
}

function isPassing(error: unknown): boolean {
  return error instanceof AppError && passing.has(error.code);
}
