import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { strict, type Api, type Operation, type Service } from './api.ts';
import { withinDeadline, type Call, type Caller } from './call.ts';
import { AppError, type FieldError } from './errors.ts';
import { answer } from './answer.ts';
import { kebab } from './names.ts';
import { callOf } from './refuse.ts';
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
  { service, guard }: { service: Service<A>; guard: Guard },
): void {
  const compile = checks();
  for (const [name, operation] of Object.entries<Operation>(api)) {
    const { method, path, reply: replySchema } = operation;
    const readInput = inputReader(operation, compile);
    const handle = service[name] as Handler;
    app.route({
      method,
      url: path,
      config: { operation: name },
      schema: operation.status === 204 ? {} : { response: { '2xx': replySchema } },
      onRequest: async (request, reply) => {
        callOf(request).caller = await guard(request, reply, name);
      },
      handler: async (request, reply) => {
        const call = callOf(request);
        const result = await withinDeadline(call, handle(readInput(request), call));
        return answer(operation, { request, reply, result });
      },
    });
  }
  refuseOtherMethods(app, api);
}

function inputReader(operation: Operation, compile: ReturnType<typeof checks>) {
  const { params, query, headers, body } = operation;
  const check = (where: FieldError['in'], schema = strict({})) => compile(where, schema);
  const checkOf: Record<FieldError['in'], Check> = {
    params: check('params', params),
    query: check('query', query),
    headers: check('headers', headers),
    body: check('body', body),
  };
  const headerNames = Object.keys(headers?.properties ?? {}).map(
    (key) => [key, kebab(key)] as const,
  );

  return (request: FastifyRequest): object => {
    const fields = {
      params: { ...(request.params as object) },
      query: { ...(request.query as object) },
      headers: readHeaders(request, headerNames),
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
  };
}

function readHeaders(
  { headers }: FastifyRequest,
  names: readonly (readonly [key: string, header: string])[],
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [key, header] of names) {
    const value = headers[header];
    // Idempotency-Key and If-Match may come as quoted strings; the quotes are not part of them.
    if (value !== undefined) found[key] = String(value).replace(/^"(.*)"$/, '$1');
  }
  return found;
}

/** Says 405 and what is allowed, where the path exists and the method does not. */
function refuseOtherMethods(app: FastifyInstance, api: Api): void {
  const methodsOf = Map.groupBy(Object.values(api), ({ path }) => path);
  for (const [url, operations] of methodsOf) {
    const allowed = new Set<string>(operations.map(({ method }) => method));
    if (allowed.has('GET')) allowed.add('HEAD');
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
