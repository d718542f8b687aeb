import type { Service } from '../platform/api.ts';
import { serviceOnly, type Call } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import { loggedIn } from './access.ts';
import type { usersApi } from './api.ts';
import type { Inner } from './parts.ts';
import { hashSecret, newSecret, readSecret, successor, type HeldSecret } from './secrets.ts';
import { sessionLimits } from './session-limits.ts';
import { handOver } from './session-tokens.ts';
import { daysAfter, secondsAfter } from './time.ts';

type Operations = Pick<
  Service<typeof usersApi>,
  'refresh' | 'logOut' | 'endSession' | 'checkSessions'
>;

/** The life of a session after the log-in. */
export function createSessions(inner: Inner): Operations {
  const { storage, accessTokens, recordEvent, now } = inner;
  const { sessions } = storage;

  /** The current token moves the session on; the one before, for a moment, repeats that answer. */
  async function rotate({ id, secret }: HeldSecret, call: Call) {
    const at = now();
    const seed = newSecret();
    const graceSince = secondsAfter(at, -sessionLimits.graceSeconds);
    const presented = { id, presentedHash: hashSecret(secret), now: at, graceSince };
    const rotated = await sessions.rotate({
      ...presented,
      nextHash: hashSecret(successor(secret, seed)),
      seed,
      unusedEndsAt: daysAfter(at, sessionLimits.unusedDaysMax),
      lifetimeDaysMax: sessionLimits.lifetimeDaysMax,
    });
    const found = rotated ?? (await sessions.repeatRotation(presented));
    if (found) return { user: found.user, secret: successor(secret, found.seed) };
    // Somebody has used this token before: the owner or a thief, and there is no telling which.
    const reused = await sessions.endIfReused(presented);
    if (reused) recordEvent('refreshReused', call, { targetId: reused.accountId, sessionId: id });
    return undefined;
  }

  return {
    async refresh({ refreshToken }, call) {
      const held = readSecret('bzr', refreshToken);
      const next = held && (await rotate(held, call));
      if (!held || !next) throw new AppError('unauthorized', 'Log in again; this session is over');
      return handOver(accessTokens, next.user, { id: held.id, secret: next.secret });
    },

    async logOut(_input, call) {
      const { id, sessionId } = loggedIn(call);
      await sessions.end(sessionId, id);
      return null;
    },

    async endSession({ refreshToken }, call) {
      serviceOnly(call);
      const held = readSecret('bzr', refreshToken);
      if (held) await sessions.endHeld(held.id, hashSecret(held.secret));
      return null;
    },

    async checkSessions({ ids }, call) {
      serviceOnly(call);
      return { live: await sessions.live(ids, now()) };
    },
  };
}
