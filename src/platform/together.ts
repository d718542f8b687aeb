import { Type, type Static } from 'typebox';
import { strict, type Operation } from './api.ts';
import { batcher } from './batcher.ts';
import {
  ownCall,
  remainingMs,
  serviceOnly,
  withinDeadline,
  type Call,
  type Caller,
} from './call.ts';
import { AppError, errorOf, problemOf, type Problem } from './errors.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { userOf, userText, type VerifyUser } from './peers.ts';
import { fault } from './refuse.ts';
import { traceparent } from './trace.ts';
import { endSpan, failSpan, untraced, type Tracer } from './tracing.ts';

/** Even the largest calls, an order of a hundred lines each, fit into one body together. */
const callsMax = 64;

const Passenger = strict({
  input: Type.Record(Type.String(), Type.Unknown()),
  user: Type.Optional(Type.String({ maxLength: 16_384 })),
  requestId: Type.String({ maxLength: 64 }),
  traceparent: Type.String({ maxLength: 55 }),
  deadlineMs: Type.Number({ minimum: 0 }),
});
type Passenger = Static<typeof Passenger>;

/** One journey of many calls of one operation. */
export const journeyOf = (name: string): Operation => ({
  method: 'POST',
  path: `/internal/together/${name}`,
  summary: `Many calls of ${name}`,
  body: strict({ calls: Type.Array(Passenger, { minItems: 1, maxItems: callsMax }) }),
  reply: strict({ answers: Type.Array(Type.Unknown()) }),
  importance: 'high',
  // Only calls that are harmless to repeat travel at all.
  repeatable: true,
});

type Answer =
  | { value: unknown; status?: number; replayed?: true }
  | { problem: Problem; retryAfterSeconds?: number };

type Journey = (input: { calls: Passenger[] }, call: Call) => Promise<unknown>;

/** Calls of one operation that go to another process; those that wait at one moment go together. */
export function travelTogether(name: string, journey: Journey, metrics: Metrics) {
  const calls = batcher<Passenger, Answer>({
    name: `${name} together`,
    sizeMax: callsMax,
    // One that takes long must not keep all others waiting.
    inFlightMax: 8,
    queueMax: 5_000,
    metrics,
    async flush(passengers, patience) {
      const call = { ...ownCall('together', 0), ...patience };
      const reply = await journey({ calls: [...passengers] }, call);
      return (reply as { answers: Answer[] }).answers;
    },
  });

  return async (input: Record<string, unknown>, call: Call): Promise<unknown> => {
    const user = userText(call);
    const passenger = {
      input,
      ...(user !== undefined && { user }),
      requestId: call.requestId,
      traceparent: traceparent(call.trace),
      deadlineMs: remainingMs(call),
    };
    return arrive(await calls.add(passenger, call), call);
  };
}

function arrive(answer: Answer, call: Call): unknown {
  if ('problem' in answer) {
    const refusal = errorOf(answer.problem, answer.retryAfterSeconds);
    throw refusal ?? new AppError('unavailable', 'The answer cannot be read');
  }
  if (answer.status !== undefined) call.answer.status = answer.status;
  if (answer.replayed) call.answer.replayed = true;
  return answer.value;
}

type Served = {
  handle: (input: unknown, call: Call) => Promise<unknown>;
  check: (input: Record<string, unknown>) => object;
  verifyUser: VerifyUser;
  log: Log;
  /** What each of the calls is called in a trace. */
  name: string;
  tracer?: Tracer;
};

/** The other end of the journey: each call is checked, done and answered by itself. */
export function arrivals(served: Served): Journey {
  const { handle, check, verifyUser, log, name, tracer = untraced } = served;

  async function serveOne(passenger: Passenger, service: Caller): Promise<Answer> {
    const { input, user, requestId, traceparent: given, deadlineMs } = passenger;
    const trace = tracer.enter(given);
    if (trace.span) Object.assign(trace.span, { name, kind: 'server' });
    const call: Call = {
      caller: service,
      requestId,
      trace,
      deadlineAtMs: performance.now() + deadlineMs,
      answer: {},
    };
    try {
      if (user !== undefined) call.caller = await userOf(user, verifyUser);
      const value = await withinDeadline(call, handle(check(input), call));
      return { value, ...call.answer };
    } catch (error) {
      const ids = { requestId, traceId: call.trace.traceId };
      const refusal = error instanceof AppError ? error : fault(error, ids, log);
      failSpan(trace, refusal);
      const { retryAfterSeconds } = refusal;
      return {
        problem: problemOf(refusal),
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      };
    } finally {
      endSpan(trace);
    }
  }

  return async ({ calls }, call) => {
    serviceOnly(call);
    return { answers: await Promise.all(calls.map((one) => serveOne(one, call.caller))) };
  };
}
