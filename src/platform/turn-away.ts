import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, problemOf } from './errors.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { retrySeconds } from './refuse.ts';
import { traceFrom } from './trace.ts';

type Parts = { log: Log; metrics: Pick<Metrics, 'requests'> };
type Refused = { request: FastifyRequest; reply: FastifyReply; operation: string; nowMs: number };

const refusal = new AppError('overloaded', 'Too many requests are under way; nothing was done');
/** All that is the same in every refusal; only its ids are still to come. */
const problemStart = JSON.stringify(problemOf(refusal)).slice(0, -1);
/** To write a line costs more than to refuse. */
const logEveryMs = 1_000;

/**
 * Refuses a request for which there is no room, as cheaply as it can be done: it is for the moments
 * in which there is no time. Otherwise the answer is as from `refuser`.
 */
export function turnerAway({ log, metrics }: Parts) {
  let refused = 0;
  let loggedAtMs = -Infinity;

  return ({ request, reply, operation, nowMs }: Refused, isLast: boolean): void => {
    const { id, url } = request;
    const [instance] = url.split('?');
    const given = request.headers['traceparent'];
    const { traceId } = traceFrom(typeof given === 'string' ? given : undefined);
    // An id has no character that JSON would have to escape.
    const body = `${problemStart},"instance":${JSON.stringify(instance)},"requestId":"${id}","traceId":"${traceId}"}`;
    const headers: OutgoingHttpHeaders = {
      'x-request-id': id,
      'x-content-type-options': 'nosniff',
      'retry-after': String(retrySeconds()),
      'content-type': 'application/problem+json; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
    };
    if (isLast) headers['connection'] = 'close';
    reply.hijack();
    reply.raw.writeHead(refusal.status, headers).end(body);

    metrics.requests.inc({ operation, status: '503' });
    refused += 1;
    if (nowMs - loggedAtMs < logEveryMs) return;
    log.warn({ refused, operation }, 'too busy: turned requests away');
    loggedAtMs = nowMs;
    refused = 0;
  };
}
