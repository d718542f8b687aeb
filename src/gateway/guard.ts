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
  async function admit(request: FastifyRequest, reply: FastifyReply, policy: Policy) {
    const address = addressKey(request.ip);
    const { authorization } = request.headers;
    const caller = await authenticate(authorization, callOf(request)).catch((error: unknown) => {
      // Whoever guesses tokens spends the allowance of the address.
      spend(limiters.address, address, reply);
      throw error;
    });
    // So that a refusal from here on says whom it met.
    callOf(request).caller = caller;
    if (policy.limit === 'logIn') spend(limiters.logIn, address, reply);
    if (caller.kind === 'user') spend(limiters.caller, caller.sessionId, reply);
    else spend(limiters.address, address, reply);
    authorise(policy, caller);
    return caller;
  }

  return async (
    request: FastifyRequest,
    reply: FastifyReply,
    operation: string,
  ): Promise<Caller> => {
    try {
      return await admit(request, reply, policyOf(operation));
    } catch (error) {
      if (error instanceof AppError && error.status < 500) {
        const { ip: address } = request;
        metrics.securityEvents.inc({ event: error.code });
        log.info(
          { event: error.code, operation, address, ...about(callOf(request)) },
          'turned away',
        );
      }
      throw error;
    }
  };
}

/** Takes one request off an allowance, and tells the caller what is left of it. */
function spend(limiter: Limiter, key: string, reply: FastifyReply): void {
  const { allowed, remaining, resetSeconds } = limiter.take(key);
  reply.header('ratelimit-policy', `"${limiter.name}";q=${limiter.perMinuteMax};w=60`);
  reply.header('ratelimit', `"${limiter.name}";r=${remaining};t=${resetSeconds}`);
  if (allowed) return;
  throw new AppError('rateLimited', `Too many requests; wait ${resetSeconds} s`, {
    retryAfterSeconds: resetSeconds,
  });
}

function authorise({ who, scope }: Policy, caller: Caller): void {
  if (who === 'anyone') return;
  if (caller.kind !== 'user') throw new AppError('unauthorized', 'Sign in to do this');
  if (!who.some((role) => role === caller.role)) {
    throw new AppError('forbidden', `This is for ${who.join(' or ')} only`);
  }
  if (!caller.scopes || (scope && caller.scopes.includes(scope))) return;
  throw new AppError(
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
