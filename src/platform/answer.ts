import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Operation } from './api.ts';
import { fill } from './names.ts';
import { callOf } from './refuse.ts';

type Answered = { request: FastifyRequest; reply: FastifyReply; result: unknown };

/** Says in headers what the contract promises besides the body, and gives the body. */
export function answer(operation: Operation, { request, reply, result }: Answered): unknown {
  const { status = 200, location, cacheControl } = operation;
  const { answer: extra } = callOf(request);
  reply.code(extra.status ?? status);
  if (extra.replayed) reply.header('idempotency-replayed', 'true');
  if (cacheControl) reply.header('cache-control', cacheControl);
  if (result === null) return reply.send();
  const fields = result as Record<string, unknown>;
  if (location) reply.header('location', fill(location, fields));
  if (typeof fields['nextCursor'] === 'string') {
    reply.header('link', nextLink(request.url, fields['nextCursor']));
  }
  if (!operation.versioned) return result;
  const etag = `"${String(fields['version'])}"`;
  reply.header('etag', etag);
  return knows(request, etag) ? reply.code(304).send() : result;
}

/** RFC 8288: where the next page is. */
function nextLink(url: string, cursor: string): string {
  const { pathname, searchParams } = new URL(url, 'http://here');
  searchParams.set('cursor', cursor);
  return `<${pathname}?${searchParams.toString()}>; rel="next"`;
}

/** Whether a reader has this version already. */
function knows({ method, headers }: FastifyRequest, etag: string): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const known = headers['if-none-match']?.split(',').map((one) => one.trim().replace(/^W\//, ''));
  return known !== undefined && (known.includes(etag) || known.includes('*'));
}
