import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Call } from './call.ts';
import { AppError, problemOf, type ErrorCode } from './errors.ts';
import type { Log } from './log.ts';
import type { RecentErrors } from './recent-errors.ts';
import { traceFrom } from './trace.ts';
import { failSpan } from './tracing.ts';

export const callKey = 'call';

/** What goes with the request to a service; the guard of its route puts the caller in. */
export function callOf(request: FastifyRequest): Call {
  return request.getDecorator<Call>(callKey);
}

type Identity = { requestId: string; traceId: string };

/** The ids that find a request in the logs; one with an unreadable path never got a call. */
export function identity(request: FastifyRequest): Identity {
  const { traceId } =
    maybeCallOf(request)?.trace ?? traceFrom(String(request.headers['traceparent']));
  return { requestId: request.id, traceId };
}

function maybeCallOf(request: FastifyRequest): Call | undefined | null {
  return Reflect.get(request, callKey) as Call | undefined | null;
}

/** How the HTTP layer's own refusals read in our words. */
const codeOfStatus: Partial<Record<number, ErrorCode>> = {
  400: 'malformed',
  404: 'notFound',
  413: 'tooLarge',
  414: 'tooLarge',
  415: 'unsupportedMediaType',
};

/** Spread out, so that those who were refused together do not come back together. */
export function retrySeconds(): number {
  return 1 + Math.floor(Math.random() * 3);
}

/** Answers whatever was thrown as problem+json. */
export function refuser(log: Log, recentErrors: RecentErrors) {
  return (error: FastifyError | AppError, request: FastifyRequest, reply: FastifyReply): void => {
    const refusal = toRefusal(error) ?? fault(error, identity(request), log);
    if (isOurs(refusal, request)) recentErrors.note(refusal, () => aboutOf(request));
    if (refusal.status === 503 || refusal.retryAfterSeconds !== undefined) {
      reply.header('retry-after', String(refusal.retryAfterSeconds ?? retrySeconds()));
    }
    if (refusal.status === 401) reply.header('www-authenticate', 'Bearer');
    const trace = maybeCallOf(request)?.trace;
    if (trace) failSpan(trace, refusal);
    const [instance] = request.url.split('?');
    reply
      .code(refusal.status)
      .header('x-request-id', request.id)
      .type('application/problem+json; charset=utf-8')
      .serializer(JSON.stringify)
      .send({ ...problemOf(refusal), instance, ...identity(request) });
  };
}

/** Whoever gave less time than we would take has run out of it, and says so where it is asked. */
function isOurs({ code }: AppError, { headers }: FastifyRequest): boolean {
  return code !== 'deadlineExceeded' || headers['x-deadline-ms'] === undefined;
}

function aboutOf(request: FastifyRequest): Identity & { operation: string } {
  const { operation = 'none' } = request.routeOptions.config as { operation?: string };
  return { operation, ...identity(request) };
}

function toRefusal(error: FastifyError | AppError): AppError | undefined {
  if (error instanceof AppError) return error;
  const code = codeOfStatus[error.statusCode ?? 500];
  // Its own words hold the whole path, and so whatever somebody has put into the query.
  const text = error.code === 'FST_ERR_BAD_URL' ? 'The path cannot be decoded' : error.message;
  return code && new AppError(code, text);
}

/** What we did not mean to throw is logged whole and told to nobody. */
export function fault(err: unknown, ids: Identity, log: Log): AppError {
  log.error({ ...ids, err }, 'a request failed by a fault of ours');
  return new AppError('internal', 'Something went wrong on our side; it has been logged');
}

const unreadable: Partial<Record<string, AppError>> = {
  HPE_HEADER_OVERFLOW: new AppError('headersTooLarge', 'The headers are too large'),
  ERR_HTTP_REQUEST_TIMEOUT: new AppError('requestTimeout', 'The request did not arrive in time'),
};

/** What Node's parser refuses never becomes a request, so it is answered on the bare socket. */
export function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const refusal =
    unreadable[error.code ?? ''] ??
    new AppError('malformed', 'This is not a readable HTTP request');
  const body = JSON.stringify(problemOf(refusal));
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
