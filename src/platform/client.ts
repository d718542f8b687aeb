import { Pool, request, type Dispatcher } from 'undici';
import type { Api, Operation, Service } from './api.ts';
import { remainingMs, type Call } from './call.ts';
import { AppError, errorOf } from './errors.ts';
import type { Metrics } from './metrics.ts';
import { fill, kebab } from './names.ts';
import { traceparent } from './trace.ts';

type Far = {
  service: string;
  url: string;
  /** Headers that say who calls, and for whom. */
  credentials: (call: Call) => Promise<Record<string, string>>;
  metrics: Pick<Metrics, 'farCalls'>;
};

type Input = Record<string, unknown>;

const connectionsMax = 32;
const replyBytesMax = 16 * 1024 * 1024;

/** Binds an Api to a service in another process. */
export function remote<A extends Api>(
  api: A,
  far: Far,
): Service<A> & { close: () => Promise<void> } {
  const pool = new Pool(far.url, {
    connections: connectionsMax,
    connect: { timeout: 1_000 },
    maxResponseSize: replyBytesMax,
    // Shorter than the server's, so that we never send into a socket that it is about to close.
    keepAliveTimeout: 30_000,
  });
  const calls = Object.entries<Operation>(api).map(([name, operation]) => [
    name,
    async (input: Input, call: Call) => {
      const outcome = await attempt(pool, far, { operation, input, call }).then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      const result = 'error' in outcome ? codeOf(outcome.error) : 'ok';
      far.metrics.farCalls.inc({ service: far.service, operation: name, outcome: result });
      if ('error' in outcome) throw outcome.error;
      return outcome.value;
    },
  ]);
  return Object.assign(Object.fromEntries(calls), { close: () => pool.close() });
}

type Asked = { operation: Operation; input: Input; call: Call };

/** Tries once more when the connection failed and a second time cannot do harm. */
async function attempt(pool: Pool, far: Far, asked: Asked): Promise<unknown> {
  const { operation, input, call } = asked;
  const repeatable = operation.method === 'GET' || input['idempotencyKey'] !== undefined;
  try {
    return await send(pool, far, asked);
  } catch (error) {
    if (!repeatable || codeOf(error) !== 'unavailable' || call.deadlineAtMs < performance.now()) {
      throw error;
    }
    return send(pool, far, asked);
  }
}

async function send(pool: Pool, far: Far, { operation, input, call }: Asked): Promise<unknown> {
  const leftMs = remainingMs(call);
  const options: Dispatcher.RequestOptions = {
    method: operation.method,
    path: pathOf(operation, input),
    headers: {
      ...headersOf(operation, input),
      ...(await far.credentials(call)),
      ...(operation.body && { 'content-type': 'application/json' }),
      'x-request-id': call.requestId,
      'x-deadline-ms': String(Math.floor(leftMs)),
      traceparent: traceparent(call.trace),
    },
    body: operation.body ? JSON.stringify(pick(input, operation.body)) : null,
    signal: AbortSignal.timeout(Math.ceil(leftMs)),
  };
  const response = await pool.request(options).catch((error: unknown) => {
    throw noAnswer(far.service, error);
  });
  return read(response, { service: far.service, expected: operation.status ?? 200, call });
}

type Expectation = { service: string; expected: number; call: Call };

async function read(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  { service, expected, call }: Expectation,
): Promise<unknown> {
  const text = await body.text().catch((error: unknown) => {
    throw noAnswer(service, error);
  });
  if (statusCode >= 400) {
    const wait = Number(headers['retry-after']);
    const refusal = errorOf(parse(text), Number.isFinite(wait) ? wait : undefined);
    throw refusal ?? new AppError('unavailable', `${service} answered ${statusCode}`);
  }
  if (statusCode !== expected) call.answer.status = statusCode;
  if (headers['idempotency-replayed'] === 'true') call.answer.replayed = true;
  return text === '' ? null : parse(text);
}

/** Whether a process answers at all. */
export async function expectLive(url: string): Promise<void> {
  const { statusCode, body } = await request(new URL('/health/live', url), {
    signal: AbortSignal.timeout(1_000),
  });
  await body.dump();
  if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function noAnswer(service: string, cause: unknown): AppError {
  return cause instanceof DOMException && cause.name === 'TimeoutError'
    ? new AppError('deadlineExceeded', `${service} did not answer in time`, { cause })
    : new AppError('unavailable', `${service} does not answer`, { cause });
}

function codeOf(error: unknown): string {
  return error instanceof AppError ? error.code : 'fault';
}

function pathOf({ path, query }: Operation, input: Input): string {
  const filled = fill(path, input);
  if (!query) return filled;
  const pairs = Object.entries(pick(input, query)).map(([key, value]) => [key, String(value)]);
  return pairs.length > 0 ? `${filled}?${new URLSearchParams(pairs).toString()}` : filled;
}

function headersOf({ headers }: Operation, input: Input): Record<string, string> {
  const entries = headers ? Object.entries(pick(input, headers)) : [];
  return Object.fromEntries(entries.map(([key, value]) => [kebab(key), `"${String(value)}"`]));
}

function pick(input: Input, { properties }: { properties: object }): Input {
  const keys = Object.keys(properties).filter((key) => input[key] !== undefined);
  return Object.fromEntries(keys.map((key) => [key, input[key]]));
}
