import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Span, Trace } from './trace.ts';
import { endSpan } from './tracing.ts';

/** Says of a request what may be known of it: no query, no header, no name. */
export function beginRequest(span: Span, request: FastifyRequest, operation: string): void {
  const { method, url, routeOptions } = request;
  span.name = operation;
  span.kind = 'server';
  const end = url.indexOf('?');
  span.attributes = {
    'http.request.method': method,
    'http.route': routeOptions.url ?? '',
    'url.path': end < 0 ? url : url.slice(0, end),
    'url.scheme': request.protocol,
  };
}

/** A client that has gone away has no status. */
export function endRequest(trace: Trace, { raw, statusCode }: FastifyReply): void {
  const { span } = trace;
  if (!span) return;
  const isAnswered = raw.writableFinished || !raw.destroyed;
  if (isAnswered) span.attributes['http.response.status_code'] = statusCode;
  endSpan(trace);
}
