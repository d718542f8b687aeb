import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { createAdmission, type Kind } from './admission.ts';
import type { Call } from './call.ts';
import { AppError } from './errors.ts';
import { streamBegins } from './event-stream.ts';
import type { Health } from './health.ts';
import { parseJson } from './json.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { callKey, identity, refuser, refuseUnreadable } from './refuse.ts';
import { traceFrom, type Trace } from './trace.ts';
import { untraced, type Tracer } from './tracing.ts';
import { beginRequest, endRequest } from './tracing-http.ts';
import { turnerAway } from './turn-away.ts';

export type ServerParts = {
  log: Log;
  metrics: Metrics;
  health: Health;
  tracer?: Tracer;
  limits: {
    bodyBytesMax: number;
    requestsInFlightMax: number;
    connectionsMax: number;
    deadlineMs: number;
    trustedProxies: number;
  };
  /** Whoever adds routes answers what goes wrong in words of its own. */
  refusesItself?: boolean;
};

const requestIdForm = /^[\w.-]{1,64}$/;

/** An HTTP server with limits, request ids, metrics and problem+json; routes come from `serve`. */
export function createServer(parts: ServerParts): FastifyInstance {
  const { log, metrics, limits } = parts;
  const refuse = refuser(log, metrics.recentErrors);
  const app = Fastify({
    bodyLimit: limits.bodyBytesMax,
    trustProxy: (_address, hop) => hop < limits.trustedProxies,
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: false },
    // What arrives while we close was accepted, so it is answered; `connection: close` ends it.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    requestTimeout: 15_000,
    // Longer than the idle time of the balancers in front of us, or they meet closed sockets.
    keepAliveTimeout: 72_000,
    http: {
      headersTimeout: 10_000,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: 16_384,
      // We ask for it ourselves, and say so in words.
      requireHostHeader: false,
    },
    clientErrorHandler: refuseUnreadable,
    // A path that cannot be decoded is refused before any hook runs.
    frameworkErrors: refuse,
    genReqId: requestIdOf,
  });
  app.server.maxConnections = limits.connectionsMax;
  app.decorateRequest(callKey, null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, bytes, done) => {
    try {
      done(null, bytes.length > 0 ? parseJson(bytes as Buffer) : undefined);
    } catch (error) {
      done(error as Error);
    }
  });
  if (!parts.refusesItself) app.setErrorHandler(refuse);
  app.setNotFoundHandler(() => {
    throw nothingHere();
  });
  watch(app, parts);
  return app;
}

export function nothingHere(): AppError {
  return new AppError('notFound', 'There is nothing at this path');
}

/** What a route says of itself; one that belongs to no contract is the process's own, or nothing. */
export type RouteConfig = { operation: string; kind?: Kind };
const ofNothing = { operation: 'none', kind: { importance: 'low', slow: false } } as const;
const ofProcess: Kind = { importance: 'high', slow: false };

function configOf({ routeOptions }: FastifyRequest): Required<RouteConfig> {
  const { operation, kind = ofProcess } = routeOptions.config as Partial<RouteConfig>;
  return operation === undefined ? ofNothing : { operation, kind };
}

/** Admits, identifies, measures and logs each request. */
function watch(app: FastifyInstance, parts: ServerParts): void {
  const { log, metrics, health, limits, tracer = untraced } = parts;
  const admission = createAdmission(limits.requestsInFlightMax);
  const turnAway = turnerAway({ log, metrics });
  const record = (request: FastifyRequest, reply: FastifyReply, ms: number): void => {
    const { operation } = configOf(request);
    // A stream that begins is neither finished nor given up.
    const { writableFinished, destroyed } = reply.raw;
    const status = writableFinished || !destroyed ? String(reply.statusCode) : 'aborted';
    metrics.requests.inc({ operation, status });
    metrics.requestSeconds.observe({ operation }, ms / 1_000);
    const level = reply.statusCode >= 500 ? 'warn' : 'debug';
    if (!log.isLevelEnabled(level)) return;
    log[level]({ ...identity(request), operation, status, ms }, 'answered');
  };
  app.addHook('onRequest', (request, reply, done) => {
    const nowMs = performance.now();
    const { operation, kind } = configOf(request);
    if (!admission.enter(kind, nowMs)) {
      turnAway({ request, reply, operation, nowMs }, health.draining());
      return;
    }
    const trace = enter(request, kind, tracer);
    if (trace.span) beginRequest(trace.span, request, operation);
    const settle = () => {
      const endedAtMs = performance.now();
      reply.raw.off('close', settle).off(streamBegins, settle);
      admission.leave(kind, endedAtMs);
      record(request, reply, endedAtMs - nowMs);
      if (trace.span) endRequest(trace, reply);
    };
    // The only event that comes for every request, also when the client is gone.
    reply.raw.once('close', settle).once(streamBegins, settle);
    request.setDecorator<Call>(callKey, {
      caller: { kind: 'anonymous' },
      requestId: request.id,
      trace,
      deadlineAtMs: nowMs + budgetMs(request, limits.deadlineMs),
      answer: {},
    });
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    if (health.draining()) reply.header('connection', 'close');
    refuseOddHeads(request);
    done();
  });
}

/** What is no operation of a contract is asked all the time, by probes, or by nobody we know. */
function enter({ headers }: FastifyRequest, kind: Kind, { enter: begin }: Tracer): Trace {
  const given = textOf(headers['traceparent']);
  return kind === ofProcess || kind === ofNothing.kind ? traceFrom(given) : begin(given);
}

/** A caller may give us less time than we would take, never more. */
function budgetMs(request: FastifyRequest, deadlineMs: number): number {
  const asked = Number(request.headers['x-deadline-ms'] ?? deadlineMs);
  return asked >= 0 ? Math.min(asked, deadlineMs) : deadlineMs;
}

function requestIdOf({ headers }: { headers: Record<string, unknown> }): string {
  const given = textOf(headers['x-request-id']);
  return given && requestIdForm.test(given) ? given : randomUUID();
}

/** Node takes these; a proxy in front of us may read them as another request. */
function refuseOddHeads({ raw }: FastifyRequest): void {
  if (!raw.url?.startsWith('/'))
    throw new AppError('malformed', 'The request target must be a path');
  let hosts = 0;
  for (let i = 0; i < raw.rawHeaders.length; i += 2) {
    if (raw.rawHeaders[i]?.toLowerCase() === 'host') hosts += 1;
  }
  // Only HTTP/1.0 knew no Host; some health checks still speak it.
  if (hosts !== 1 && !(hosts === 0 && raw.httpVersion === '1.0')) {
    throw new AppError('malformed', 'There must be one Host header');
  }
  if (raw.headers['content-encoding']) {
    throw new AppError('unsupportedMediaType', 'Send the body uncompressed');
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
