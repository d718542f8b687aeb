import type { FastifyReply, FastifyRequest } from 'fastify';
import { about, type Call, type Caller } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { callOf } from '../platform/refuse.ts';
import type { Limiter } from './limiter.ts';
import type { Policy } from './policy.ts';

export type Limiters = { caller: Limiter; address: Limiter; logIn: Limiter };

type Parts = {
  authenticate: (authorization: string | undefined, call: Call) => Promise<Caller>;
  policyOf: (operation: string) => Policy;
  limiters: Limiters;
  log: Log;
  metrics: Pick<Metrics, 'securityEvents'>;
};

/** Decides, before a body is read, who calls, whether they may, and whether not too often. */
export function createGuard({ authenticate, policyOf, limiters, log, metrics }: Parts) {
  function refuse(error: AppError, call: Call, operation: string): never {
    metrics.securityEvents.inc({ event: error.code });
    log.info({ event: error.code, operation, ...about(call) }, 'refused at the door');
    throw error;
  }

  return async (
    request: FastifyRequest,
    reply: FastifyReply,
    operation: string,
  ): Promise<Caller> => {
    const policy = policyOf(operation);
    const call = callOf(request);
    const address = addressKey(request.ip);
    const caller = await authenticate(request.headers.authorization, call).catch(
      (error: unknown) => {
        // Whoever guesses tokens spends the allowance of the address.
        spend(limiters.address, address, reply);
        if (error instanceof AppError && error.status < 500) return refuse(error, call, operation);
        throw error;
      },
    );
    call.caller = caller;
    const within =
      (policy.limit !== 'logIn' || spend(limiters.logIn, address, reply)) &&
      (caller.kind === 'user'
        ? spend(limiters.caller, caller.sessionId, reply)
        : spend(limiters.address, address, reply));
    if (!within) return refuse(tooMany(reply), call, operation);
    const refusal = refusalOf(policy, caller);
    return refusal ? refuse(refusal, call, operation) : caller;
  };
}

/** Takes one request off an allowance and tells the caller what is left of it. */
function spend(limiter: Limiter, key: string, reply: FastifyReply): boolean {
  const { allowed, remaining, resetSeconds } = limiter.take(key);
  reply.header('ratelimit-policy', `"default";q=${limiter.perMinuteMax};w=60`);
  reply.header('ratelimit', `"default";r=${remaining};t=${resetSeconds}`);
  if (!allowed) reply.header('retry-after', String(resetSeconds));
  return allowed;
}

function tooMany(reply: FastifyReply): AppError {
  const retryAfterSeconds = Number(reply.getHeader('retry-after'));
  return new AppError('rateLimited', `Too many requests; wait ${retryAfterSeconds} s`, {
    retryAfterSeconds,
  });
}

function refusalOf({ who, scope }: Policy, caller: Caller): AppError | undefined {
  if (who === 'anyone') return undefined;
  if (caller.kind !== 'user') return new AppError('unauthorized', 'Sign in to do this');
  if (!who.some((role) => role === caller.role)) {
    return new AppError('forbidden', `This is for ${who.join(' or ')} only`);
  }
  const allowed = !caller.scopes || (scope !== undefined && caller.scopes.includes(scope));
  if (allowed) return undefined;
  return new AppError(
    'forbidden',
    scope ? `This API key lacks the scope ${scope}` : 'This cannot be done with an API key',
  );
}

/** A whole /64 belongs to one customer of a provider, so it counts as one address. */
export function addressKey(ip: string): string {
  if (!ip.includes(':') || ip.startsWith('::ffff:')) return ip;
  const [head = [], tail = []] = ip.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].slice(0, 4).join(':');
}
