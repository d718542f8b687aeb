import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { strict, type Api, type Operation, type Service } from './api.ts';
import { withinDeadline, type Call, type Caller } from './call.ts';
import { AppError, invalid, type FieldError } from './errors.ts';
import { answer, tellCookie } from './answer.ts';
import { readCookie } from './cookies.ts';
import { streamSender, type EventStream } from './event-stream.ts';
import type { Log } from './log.ts';
import { kebab, pick, snake } from './names.ts';
import type { VerifyUser } from './peers.ts';
import { callOf } from './refuse.ts';
import type { RouteConfig } from './server.ts';
import { arrivals, journeyOf } from './together.ts';
import type { Tracer } from './tracing.ts';
import { checks, type Check } from './validate.ts';

type Guard = (
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
) => Promise<Caller> | Caller;
type Handler = (input: unknown, call: Call) => Promise<unknown>;

/** Exposes every operation of an Api as a route; the guard says who calls, before a body is read. */
export function serve<A extends Api>(
  app: FastifyInstance,
  api: A,
  { service, guard, together }: { service: Service<A>; guard: Guard; together?: Together },
): void {
  const compile = checks();
  const sendStream = streamSender(app);
  if (together) serveJourneys(app, api, { service, guard, together });
  for (const [name, operation] of Object.entries<Operation>(api)) {
    const { method, path, reply: replySchema, streams = false } = operation;
    const { read: readInput } = inputReader(operation, compile);
    const handle = service[name] as Handler;
    app.route({
      method,
      url: path,
      config: configOf(name, operation),
      // The head of a stream is nothing to ask for: somebody would have to end what it begins.
      exposeHeadRoute: !streams,
      schema: streams || operation.status === 204 ? {} : { response: { '2xx': replySchema } },
      onRequest: async (request, reply) => {
        callOf(request).caller = await guard(request, reply, name);
      },
      handler: async (request, reply) => {
        const call = callOf(request);
        const work = handle(readInput(request), call);
        if (streams) return sendStream(reply, call, work as Promise<EventStream>);
        const result = await withinDeadline(call, work).finally(() => tellCookie(reply, call));
        return answer(operation, { request, reply, result });
      },
    });
  }
  refuseOtherMethods(app, api);
}

/** What takes calls apart that have travelled together. */
type Together = { verifyUser: VerifyUser; log: Log; tracer?: Tracer };
type Inside<A extends Api> = { service: Service<A>; guard: Guard; together: Together };

function serveJourneys<A extends Api>(app: FastifyInstance, api: A, inside: Inside<A>): void {
  const compile = checks();
  const together = Object.entries<Operation>(api).filter(([, operation]) => operation.together);
  const journeys = together.map(([name]) => [`${name} together`, journeyOf(name)] as const);
  const handlers = together.map(([name, operation]) => {
    const { check } = inputReader(operation, compile);
    const handle = inside.service[name] as Handler;
    return [`${name} together`, arrivals({ handle, check, name, ...inside.together })] as const;
  });
  const service = Object.fromEntries(handlers) as unknown as Service<Api>;
  serve(app, Object.fromEntries(journeys), { service, guard: inside.guard });
}

function configOf(name: string, { importance, slow }: Operation): RouteConfig {
  return { operation: name, kind: { importance: importance ?? 'normal', slow: slow ?? false } };
}

function inputReader(operation: Operation, compile: ReturnType<typeof checks>) {
  const { params, query, headers, cookies, body } = operation;
  const compiled = (where: FieldError['in'], schema = strict({})) => compile(where, schema);
  const checkOf: Record<FieldError['in'], Check> = {
    params: compiled('params', params),
    query: compiled('query', query),
    headers: compiled('headers', strict({ ...headers?.properties, ...cookies?.properties })),
    body: compiled('body', body),
  };
  const headerNames = Object.keys(headers?.properties ?? {}).map(
    (key) => [key, kebab(key)] as const,
  );
  const cookieNames = Object.keys(cookies?.properties ?? {}).map(
    (key) => [key, snake(key)] as const,
  );

  /** The same for an input that was never apart. */
  function check(input: Record<string, unknown>): object {
    const known = new Set<string>();
    for (const [where, schema] of Object.entries({ params, query, headers, body })) {
      const part = pick(input, schema?.properties ?? {});
      checkOf[where as FieldError['in']](part);
      Object.keys(part).forEach((key) => known.add(key));
    }
    const unknown = Object.keys(input).find((key) => !known.has(key));
    if (unknown !== undefined) throw invalid('body', `/${unknown}`, 'is not a field here');
    return input;
  }

  function read(request: FastifyRequest): object {
    const fields = {
      params: { ...(request.params as object) },
      query: { ...(request.query as object) },
      headers: { ...readHeaders(request, headerNames), ...readCookies(request, cookieNames) },
    };
    checkOf.params(fields.params);
    checkOf.query(fields.query);
    checkOf.headers(fields.headers);
    const { body: sent = {} } = request;
    if (body || request.body !== undefined) checkOf.body(sent);
    // The path comes last: nothing in a body can name another thing than the path does.
    return {
      ...fields.query,
      ...fields.headers,
      ...(body && (request.body as object)),
      ...fields.params,
    };
  }
  return { read, check };
}

type Names = readonly (readonly [key: string, onWire: string])[];

function readHeaders({ headers }: FastifyRequest, names: Names): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [key, header] of names) {
    const value = headers[header];
    // Idempotency-Key and If-Match may come as quoted strings; the quotes are not part of them.
    if (value !== undefined) found[key] = String(value).replace(/^"(.*)"$/, '$1');
  }
  return found;
}

function readCookies({ headers }: FastifyRequest, names: Names): Record<string, unknown> {
  const found = names.map(([key, name]) => [key, readCookie(headers.cookie ?? '', name)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

/** Says 405 and what is allowed, where the path exists and the method does not. */
function refuseOtherMethods(app: FastifyInstance, api: Api): void {
  const methodsOf = Map.groupBy(Object.values(api), ({ path }) => path);
  for (const [url, operations] of methodsOf) {
    const allowed = new Set<string>(operations.map(({ method }) => method));
    const hasHead = operations.some(({ method, streams }) => method === 'GET' && !streams);
    if (hasHead) allowed.add('HEAD');
    const others = app.supportedMethods.filter((method) => !allowed.has(method));
    app.route({
      method: others,
      url,
      handler: (_request, reply) => {
        reply.header('allow', [...allowed].join(', '));
        throw new AppError('methodNotAllowed', `Use ${[...allowed].join(' or ')} here`);
      },
    });
  }
}
