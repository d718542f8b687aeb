import type { FastifyReply, FastifyRequest } from 'fastify';
import { about, type Call, type Caller } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { callOf } from '../platform/refuse.ts';
import type { Allowance, Limiter } from './limiter.ts';
import type { Policy } from './policy.ts';

export type Limiters = { caller: Limiter; address: Limiter; logIn: Limiter };

type Parts = {
  authenticate: (authorization: string | undefined, call: Call) => Promise<Caller>;
  policyOf: (operation: string) => Policy;
  limiters: Limiters;
  log: Log;
  metrics: Pick<Metrics, 'securityEvents'>;
};

/** Tells a caller what is left of an allowance, where there is a way to say it. */
type Tell = (limiter: Limiter, allowance: Allowance) => void;

type Sender = {
  operation: string;
  authorization: string | undefined;
  address: string;
  call: Call;
  tell: Tell;
};

/** Who holds a key, and what for, where there is no HTTP. */
export type KeyHolder = { key: string; address: string; operation: string };

/** Says whose key it is and that it may, or refuses; the call becomes that of the holder. */
export type AdmitKey = (holder: KeyHolder, call: Call) => Promise<Caller>;

const untold: Tell = () => undefined;

/** Decides, before a body is read, who calls, whether they may, and whether not too often. */
export function createGuard({ authenticate, policyOf, limiters, log, metrics }: Parts) {
  async function admit({ authorization, address: ip, call, tell }: Sender, policy: Policy) {
    const address = addressKey(ip);
    const caller = await authenticate(authorization, call).catch((error: unknown) => {
      // Whoever guesses tokens spends the allowance of the address.
      spend(limiters.address, address, tell);
      throw error;
    });
    // So that a refusal from here on says whom it met.
    call.caller = caller;
    if (policy.limit === 'logIn') spend(limiters.logIn, address, tell);
    if (caller.kind === 'user') spend(limiters.caller, caller.sessionId, tell);
    else spend(limiters.address, address, tell);
    authorise(policy, caller);
    return caller;
  }

  /** Admits, or leaves a trace of whom it did not. */
  async function decide(sender: Sender, policy: Policy): Promise<Caller> {
    try {
      return await admit(sender, policy);
    } catch (error) {
      if (error instanceof AppError && error.status < 500) {
        const { operation, address, call } = sender;
        metrics.securityEvents.inc({ event: error.code });
        log.info({ event: error.code, operation, address, ...about(call) }, 'turned away');
      }
      throw error;
    }
  }

  return {
    guard: async (request: FastifyRequest, reply: FastifyReply, operation: string) => {
      const policy = policyOf(operation);
      const authorization = authorizationOf(request, policy);
      const { ip: address } = request;
      const sender = { operation, authorization, address, call: callOf(request) };
      return decide({ ...sender, tell: tellIn(reply) }, policy);
    },

    /** The same for who sends a key and no request. */
    admitKey: async ({ key, address, operation }: KeyHolder, call: Call): Promise<Caller> => {
      const sender = { operation, authorization: `Bearer ${key}`, address, call };
      return decide({ ...sender, tell: untold }, policyOf(operation));
    },
  };
}

/** What a device puts into its address counts as if it were in the header, which goes first. */
function authorizationOf(
  { headers, query }: Pick<FastifyRequest, 'headers' | 'query'>,
  { keyIn }: Policy,
): string | undefined {
  if (headers.authorization !== undefined || keyIn !== 'query') return headers.authorization;
  const { key } = query as { key?: unknown };
  return typeof key === 'string' ? `Bearer ${key}` : undefined;
}

function tellIn(reply: FastifyReply): Tell {
  return ({ name, perMinuteMax }, { remaining, resetSeconds }) => {
    reply.header('ratelimit-policy', `"${name}";q=${perMinuteMax};w=60`);
    reply.header('ratelimit', `"${name}";r=${remaining};t=${resetSeconds}`);
  };
}

/** Takes one request off an allowance. */
function spend(limiter: Limiter, key: string, tell: Tell): void {
  const allowance = limiter.take(key);
  tell(limiter, allowance);
  if (allowance.allowed) return;
  const { resetSeconds } = allowance;
  throw new AppError('rateLimited', `Too many requests; wait ${resetSeconds} s`, {
    retryAfterSeconds: resetSeconds,
  });
}

/** Whether somebody may do what a policy is for, or a refusal. */
export function authorise({ who, scopes }: Policy, caller: Caller): void {
  if (who === 'anyone') return;
  if (caller.kind !== 'user') throw new AppError('unauthorized', 'Sign in to do this');
  if (!who.some((role) => role === caller.role)) {
    throw new AppError('forbidden', `This is for ${who.join(' or ')} only`);
  }
  if (!caller.scopes || scopes.some((scope) => caller.scopes?.includes(scope))) return;
  throw new AppError(
    'forbidden',
    scopes.length > 0
      ? `This API key lacks the scope ${scopes.join(' or ')}`
      : 'This cannot be done with an API key',
  );
}

/** A whole /64 belongs to one customer of a provider, so it counts as one address. */
export function addressKey(ip: string): string {
  if (!ip.includes(':') || ip.startsWith('::ffff:')) return ip;
  const [head = [], tail = []] = ip.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].slice(0, 4).join(':');
}
