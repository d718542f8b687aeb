import { request, type Dispatcher } from 'undici';
import type { Api, Operation, Service } from './api.ts';
import { remainingMs, type Call } from './call.ts';
import { AppError, errorOf } from './errors.ts';
import type { Metrics } from './metrics.ts';
import { fill, kebab, pick } from './names.ts';
import { openReplicas, type Replicas } from './replicas.ts';
import { createRetryBudget, type RetryBudget } from './retry-budget.ts';
import { journeyOf, travelTogether } from './together.ts';
import { traceparent } from './trace.ts';
import { inSpan, isTraced, spanned, type SpanStart } from './tracing.ts';

type Far = {
  service: string;
  url: string;
  /** Headers that say who calls, and for whom. */
  credentials: (call: Call) => Promise<Record<string, string>>;
  metrics: Metrics;
};

type Input = Record<string, unknown>;

const connectionsMax = 32;
/** The longest are texts that somebody will keep as a file. */
const replyBytesMax = 32 * 1024 * 1024;

/** Binds an Api to a service in another process. */
export function remote<A extends Api>(
  api: A,
  far: Far,
): Service<A> & { close: () => Promise<void> } {
  const pool = openReplicas(far.url, {
    connections: connectionsMax,
    connect: { timeout: 1_000 },
    maxResponseSize: replyBytesMax,
    // Shorter than the server's, so that we never send into a socket that it is about to close.
    keepAliveTimeout: 30_000,
  });
  const way: Way = { pool, far, budget: createRetryBudget() };
  const calls = Object.entries<Operation>(api).map(([name, operation]) => {
    const alone = caller(way, name, operation);
    if (!operation.together) return [name, alone];
    const journey = caller(way, `${name} together`, journeyOf(name));
    const start = { name: `${far.service} ${name}`, kind: 'client' } as const;
    const together = spanned(start, travelTogether(name, journey, far.metrics));
    return [
      name,
      (input: Input, call: Call) =>
        isRepeatable({ operation, input }) ? together(input, call) : alone(input, call),
    ];
  });
  return Object.assign(Object.fromEntries(calls), { close: () => pool.close() });
}

/** One operation as a function, whose every outcome is counted. */
function caller(way: Way, name: string, operation: Operation) {
  const { service, metrics } = way.far;
  const start = spanOf(way.far, name, operation);
  return async (input: Input, call: Call): Promise<unknown> => {
    const outcome = await attempt(way, { operation, input, call, start }).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    const result = 'error' in outcome ? codeOf(outcome.error) : 'ok';
    metrics.farCalls.inc({ service, operation: name, outcome: result });
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  };
}

type Way = { pool: Replicas; far: Far; budget: RetryBudget };
type Asked = { operation: Operation; input: Input; call: Call; start: SpanStart };

/** Tries once more when there was no answer, a second time cannot do harm, and not all fails. */
async function attempt(way: Way, asked: Asked): Promise<unknown> {
  way.budget.earn();
  try {
    return await tryOnce(way, asked);
  } catch (error) {
    const isWorthwhile =
      codeOf(error) === 'unavailable' && asked.call.deadlineAtMs > performance.now();
    if (!isWorthwhile || !isRepeatable(asked) || !way.budget.spend()) throw error;
    return tryOnce(way, asked);
  }
}

function isRepeatable({ operation, input }: Pick<Asked, 'operation' | 'input'>): boolean {
  const { method, repeatable = method === 'GET' } = operation;
  return repeatable || input['idempotencyKey'] !== undefined;
}

/** What every try of an operation is called in a trace. */
function spanOf({ service, url }: Far, name: string, { method, path }: Operation): SpanStart {
  const { hostname, port, protocol } = new URL(url);
  const attributes = {
    'http.request.method': method,
    'url.template': path,
    'server.address': hostname,
    'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
  };
  return { name: `${service} ${name}`, kind: 'client', attributes };
}

function tryOnce(way: Way, asked: Asked): Promise<unknown> {
  const { call, start } = asked;
  if (!isTraced(call.trace)) return send(way, asked);
  return inSpan(call.trace, start, (trace) => send(way, { ...asked, call: { ...call, trace } }));
}

async function send({ pool, far }: Way, { operation, input, call }: Asked): Promise<unknown> {
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
    body: operation.body ? JSON.stringify(pick(input, operation.body.properties)) : null,
    signal: AbortSignal.timeout(Math.ceil(leftMs)),
  };
  const response = await pool.request(options).catch((error: unknown) => {
    throw noAnswer(far.service, error);
  });
  return read(response, { service: far.service, operation, call });
}

type Expectation = { service: string; operation: Operation; call: Call };

async function read(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  { service, operation, call }: Expectation,
): Promise<unknown> {
  const text = await body.text().catch((error: unknown) => {
    throw noAnswer(service, error);
  });
  if (statusCode >= 400) {
    const wait = Number(headers['retry-after']);
    const refusal = errorOf(parse(text), Number.isFinite(wait) ? wait : undefined);
    throw refusal ?? new AppError('unavailable', `${service} answered ${statusCode}`);
  }
  if (statusCode !== (operation.status ?? 200)) call.answer.status = statusCode;
  if (headers['idempotency-replayed'] === 'true') call.answer.replayed = true;
  if (operation.contentType !== undefined) return text;
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
  const pairs = Object.entries(pick(input, query.properties)).map(([key, value]) => [
    key,
    String(value),
  ]);
  return pairs.length > 0 ? `${filled}?${new URLSearchParams(pairs).toString()}` : filled;
}

function headersOf({ headers }: Operation, input: Input): Record<string, string> {
  const entries = headers ? Object.entries(pick(input, headers.properties)) : [];
  return Object.fromEntries(entries.map(([key, value]) => [kebab(key), `"${String(value)}"`]));
}
