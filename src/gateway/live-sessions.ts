import type { Service } from '../platform/api.ts';
import { batcher } from '../platform/batcher.ts';
import { ownCall, type Call, type Caller } from '../platform/call.ts';
import type { Metrics } from '../platform/metrics.ts';
import { remember } from '../platform/remember.ts';
import type { usersApi } from '../users/api.ts';

export type SignedIn = Caller & { kind: 'user' };

export type Session = Pick<SignedIn, 'id' | 'role' | 'sessionId'>;

/** Whether somebody's session goes on, with the role that it began with. */
export type IsLive = (session: Session, call: Call) => Promise<boolean>;

type Parts = {
  users: Pick<Service<typeof usersApi>, 'checkSessions'>;
  metrics: Metrics;
};

/** A log-out, a disabled user or a new role is felt everywhere within this time. */
const liveKeepMs = 4_000;
const rememberedMax = 50_000;
const batchMax = 512;

/** Asks about the sessions of all requests of a moment at once, and then not again for a while. */
export function createLiveSessions({ users, metrics }: Parts): IsLive {
  const roleOfSession = remember<string>(rememberedMax);

  const liveRoles = batcher<string, string | undefined>({
    name: 'sessions',
    sizeMax: batchMax,
    inFlightMax: 2,
    queueMax: 5_000,
    metrics,
    async flush(ids, patience) {
      const call = { ...ownCall('gateway', 0), ...patience };
      const { live } = await users.checkSessions({ ids: [...new Set(ids)] }, call);
      const roles = new Map(live.map(({ id, role }) => [id, role]));
      return ids.map((id) => roles.get(id));
    },
  });

  return async ({ sessionId, role: wanted }, call) => {
    let role = roleOfSession.get(sessionId);
    if (role === undefined) {
      role = await liveRoles.add(sessionId, call);
      if (role !== undefined) roleOfSession.set(sessionId, role, liveKeepMs);
    }
    return role === wanted;
  };
}
