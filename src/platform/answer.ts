import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Operation } from './api.ts';
import type { Call } from './call.ts';
import { fill } from './names.ts';
import { callOf } from './refuse.ts';

type Answered = { request: FastifyRequest; reply: FastifyReply; result: unknown };

/** Says in headers what the contract promises besides the body, and gives the body. */
export function answer(operation: Operation, { request, reply, result }: Answered): unknown {
  const { status = 200, location, cacheControl, contentType } = operation;
  const { answer: extra } = callOf(request);
  reply.code(extra.status ?? status);
  if (extra.replayed) reply.header('idempotency-replayed', 'true');
  if (cacheControl) reply.header('cache-control', cacheControl);
  if (result === null) return reply.send();
  if (contentType !== undefined) return asItIs(reply, contentType, result as string);
  const fields = result as Record<string, unknown>;
  if (location) reply.header('location', fill(location, fields));
  if (typeof fields['nextCursor'] === 'string') {
    reply.header('link', nextLink(request.url, fields['nextCursor']));
  }
  return operation.versioned ? unlessKnown({ request, reply, result }) : result;
}

/** What a browser is to keep, it is told whether or not the rest was refused. */
export function tellCookie(reply: FastifyReply, { answer: { setCookie } }: Call): void {
  if (setCookie !== undefined) reply.header('set-cookie', setCookie);
}

/** A reader that has this version already is not told it again. */
function unlessKnown({ request, reply, result }: Answered): unknown {
  const etag = `"${String((result as { version: unknown }).version)}"`;
  reply.header('etag', etag);
  return knows(request, etag) ? reply.code(304).send() : result;
}

/** A text as bytes: of a string Fastify would say a charset that not every kind of JSON knows. */
function asItIs(reply: FastifyReply, contentType: string, text: string): Buffer {
  reply.header('content-type', contentType);
  return Buffer.from(text);
}

/** RFC 8288: where the next page is. */
function nextLink(url: string, cursor: string): string {
  const { pathname, searchParams } = new URL(url, 'http://here');
  searchParams.set('cursor', cursor);
  return `<${pathname}?${searchParams.toString()}>; rel="next"`;
}

/** Whether a reader has this version already. */
export function knows({ method, headers }: FastifyRequest, etag: string): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const known = headers['if-none-match']?.split(',').map((one) => one.trim().replace(/^W\//, ''));
  return known !== undefined && (known.includes(etag) || known.includes('*'));
}
