import { createHash } from 'node:crypto';
import type { Call, Caller } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import type { Metrics } from '../platform/metrics.ts';
import { bearerOf } from '../platform/peers.ts';
import { remember } from '../platform/remember.ts';
import type { Service } from '../platform/api.ts';
import type { usersApi } from '../users/api.ts';
import { createLiveSessions, type IsLive } from './live-sessions.ts';

type Users = Pick<Service<typeof usersApi>, 'checkSessions' | 'exchangeApiKey'>;

type Parts = {
  users: Users;
  verifyUser: (token: string) => Promise<Caller>;
  metrics: Metrics;
  /** Given where others ask the same, so that what one learns is known to all. */
  isLive?: IsLive;
};

const rememberedMax = 50_000;

/** Says who sends a request: by access token, by API key, or nobody. */
export function createAuthentication({
  users,
  verifyUser,
  metrics,
  isLive = createLiveSessions({ users, metrics }),
}: Parts) {
  const tokenOfKey = remember<string>(rememberedMax);

  async function exchange(apiKey: string, call: Call): Promise<string> {
    // The key itself is kept nowhere, not even in memory.
    const digest = createHash('sha256').update(apiKey).digest('base64');
    const known = tokenOfKey.get(digest);
    if (known) return known;
    // Nobody is known yet, so the gateway asks in its own name.
    const own: Call = { ...call, caller: { kind: 'service', name: 'gateway' }, answer: {} };
    const { accessToken, expiresInSeconds } = await users.exchangeApiKey({ key: apiKey }, own);
    tokenOfKey.set(digest, accessToken, (expiresInSeconds * 1_000) / 2);
    return accessToken;
  }

  async function refuseDead(caller: Caller & { kind: 'user' }, call: Call): Promise<void> {
    if (await isLive(caller, call)) return;
    throw new AppError('unauthorized', 'This session is over; sign in again or refresh it');
  }

  return async (authorization: string | undefined, call: Call): Promise<Caller> => {
    if (authorization === undefined) return { kind: 'anonymous' };
    const bearer = bearerOf(authorization);
    const token = bearer.startsWith('bzk_') ? await exchange(bearer, call) : bearer;
    const caller = await verifyUser(token);
    if (caller.kind === 'user') await refuseDead(caller, call);
    return caller;
  };
}
