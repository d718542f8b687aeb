import type { FastifyInstance, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { Static, TObject } from 'typebox';
import { ordersApi } from '../orders/api.ts';
import { AppError, invalid, type FieldError } from '../platform/errors.ts';
import type { RouteConfig } from '../platform/server.ts';
import { checks } from '../platform/validate.ts';

type Offer = Partial<Record<'GET' | 'POST' | 'PUT' | 'DELETE', RouteHandlerMethod>> & {
  /** Slow by its nature, so that it says nothing of how busy the process is. */
  isSlow?: true;
};

/** Answers these methods at a path, and says 405 to all others. */
export function offer(app: FastifyInstance, url: string, { isSlow, ...handlers }: Offer): void {
  const kind = { importance: 'high', slow: isSlow ?? false } as const;
  for (const [method, handler] of Object.entries(handlers)) {
    const config: RouteConfig = { operation: `${method} ${url}`, kind };
    app.route({ method, url, config, handler });
  }
  const allowed = [...Object.keys(handlers), ...(handlers.GET ? ['HEAD'] : [])];
  app.route({
    method: app.supportedMethods.filter((method) => !allowed.includes(method)),
    url,
    handler: (_request, reply) => {
      reply.header('allow', allowed.join(', '));
      throw new AppError('methodNotAllowed', `Use ${allowed.join(' or ')} here`);
    },
  });
}

/** Reads what has the shape of a schema; who misses a pattern is told its description. */
export function reader<S extends TObject>(
  where: FieldError['in'],
  schema: S,
): (value: unknown) => Static<S> {
  const check = checks()(where, schema);
  return (value) => {
    try {
      check(value);
    } catch (error) {
      throw inWords(error, schema);
    }
    return value as Static<S>;
  };
}

function inWords(error: unknown, { properties }: TObject): unknown {
  const [first] = error instanceof AppError ? (error.errors ?? []) : [];
  if (!first?.detail.startsWith('must match pattern')) return error;
  const { description } = (properties[first.pointer.slice(1)] ?? {}) as { description?: string };
  return description ? invalid(first.in, first.pointer, `must be ${description}`) : error;
}

/** What makes a request harmless to repeat, if it came with one. */
export type Key = { idempotencyKey?: string };

/** Reads the `Idempotency-Key` of a request that has one; quotes are not part of it. */
export function keyReader() {
  const read = reader('headers', ordersApi.placeOrder.headers);
  return ({ headers }: FastifyRequest): Key => {
    const given = headers['idempotency-key'];
    if (given === undefined) return {};
    return read({ idempotencyKey: String(given).replace(/^"(.*)"$/, '$1') });
  };
}

/** A number as the originals write it in paths; there is one way to do so. */
export function numberFrom(text: string): number | undefined {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

export function numberIn({ params }: FastifyRequest): number | undefined {
  return numberFrom((params as { id: string }).id);
}

/** A field by its name, rather than by a pointer to it. */
export function messageOf({ message }: AppError): string {
  return message.replace(/^\//, '');
}
