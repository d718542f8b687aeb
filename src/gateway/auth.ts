import { createHash } from 'node:crypto';
import { batcher } from '../platform/batcher.ts';
import { ownCall, type Call, type Caller } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import type { Metrics } from '../platform/metrics.ts';
import { bearerOf } from '../platform/peers.ts';
import { remember } from '../platform/remember.ts';
import type { Service } from '../platform/api.ts';
import type { usersApi } from '../users/api.ts';

type Users = Pick<Service<typeof usersApi>, 'checkSessions' | 'exchangeApiKey'>;

type Parts = {
  users: Users;
  verifyUser: (token: string) => Promise<Caller>;
  metrics: Metrics;
};

/** A log-out, a disabled user or a new role is felt everywhere within this time. */
const liveKeepMs = 4_000;
const rememberedMax = 50_000;
const batchMax = 512;

/** Says who sends a request: by access token, by API key, or nobody. */
export function createAuthentication({ users, verifyUser, metrics }: Parts) {
  const roleOfSession = remember<string>(rememberedMax);
  const tokenOfKey = remember<string>(rememberedMax);

  const liveRoles = batcher<string, string | undefined>({
    name: 'sessions',
    sizeMax: batchMax,
    inFlightMax: 2,
    queueMax: 5_000,
    metrics,
    async flush(ids, { deadlineAtMs }) {
      const call = { ...ownCall('gateway', 0), deadlineAtMs };
      const { live } = await users.checkSessions({ ids: [...new Set(ids)] }, call);
      const roles = new Map(live.map(({ id, role }) => [id, role]));
      return ids.map((id) => roles.get(id));
    },
  });

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
    let role = roleOfSession.get(caller.sessionId);
    if (role === undefined) {
      role = await liveRoles.add(caller.sessionId, call);
      if (role !== undefined) roleOfSession.set(caller.sessionId, role, liveKeepMs);
    }
    if (role !== caller.role) {
      throw new AppError('unauthorized', 'This session is over; sign in again or refresh it');
    }
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
