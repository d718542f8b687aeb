import type { FastifyError, FastifyInstance } from 'fastify';
import { AppError } from '../platform/errors.ts';
import type { Health } from '../platform/health.ts';
import type { Lifecycle } from '../platform/lifecycle.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { createServer } from '../platform/server.ts';
import { notFree } from '../servers.ts';
import type { LabDoor } from './lab.ts';

type Parts = {
  host: string;
  portOffset: number;
  deadlineMs: number;
  health: Health;
  metrics: Metrics;
  log: Log;
  lifecycle: Lifecycle;
};

const offsetFlag = '--port-offset';
const limits = {
  bodyBytesMax: 64 * 1024,
  requestsInFlightMax: 1_000,
  connectionsMax: 1_000,
  trustedProxies: 0,
};

/** Opens the ports of a lab, and says where they are. */
export async function openLabDoors(doors: readonly LabDoor[], parts: Parts): Promise<string[]> {
  const { host, portOffset, deadlineMs, lifecycle } = parts;
  const places: string[] = [];
  for (const { name, port, open } of doors) {
    const app = createServer({
      ...parts,
      limits: { ...limits, deadlineMs },
      refusesItself: true,
    });
    app.addHook('onRoute', (route) => {
      route.config = { operation: `${name} ${route.url}`, ...route.config };
    });
    open(app);
    // oxlint-disable-next-line no-await-in-loop -- or, when one is not free, another would open after all
    const address = await app.listen({ host, port: port + portOffset }).catch(notFree(offsetFlag));
    lifecycle.opened(`${name} port`, () => app.close());
    places.push(`${name.padEnd(12)}${address}`);
  }
  return places;
}

export type LabRefusal = { status: number; body: unknown };

/** Answers what goes wrong in the words of the original. */
export function refuseAs(
  app: FastifyInstance,
  words: (error: AppError) => LabRefusal,
  log?: Log,
): void {
  app.setErrorHandler((error: FastifyError | AppError, _request, reply) => {
    const refusal = error instanceof AppError ? error : asAppError(error, log);
    const { status, body } = words(refusal);
    if (refusal.retryAfterSeconds !== undefined || refusal.status === 503) {
      reply.header('retry-after', String(refusal.retryAfterSeconds ?? 1));
    }
    return reply.code(status).type('application/json; charset=utf-8').send(body);
  });
}

/** What HTTP itself refuses keeps its status; the rest is a fault, and told to nobody. */
function asAppError(error: FastifyError, log: Log | undefined): AppError {
  const { statusCode = 500 } = error;
  if (statusCode === 413) return new AppError('tooLarge', 'The body is too large');
  if (statusCode === 415) return new AppError('unsupportedMediaType', 'Send JSON');
  if (statusCode < 500) return new AppError('malformed', error.message);
  log?.error({ err: error }, 'a request failed by a fault of ours');
  return new AppError('internal', 'Something went wrong on our side; it has been logged');
}
