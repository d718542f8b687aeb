import { randomUUIDv7 } from 'node:crypto';
import type { Service } from '../platform/api.ts';
import type { Call } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import type { usersApi } from './api.ts';
import { foldCase } from './names.ts';
import type { Inner } from './parts.ts';
import { hashSecret, newSecret } from './secrets.ts';
import { handOver } from './session-tokens.ts';
import { sessionLimits } from './session-limits.ts';
import type { User } from './shapes.ts';
import type { Account } from './store.ts';
import { accountSubject, unknownSubject } from './throttle.ts';
import { daysAfter } from './time.ts';

type Operations = Pick<Service<typeof usersApi>, 'logIn'>;

/** Trading a password for a session. */
export function createLogIn(inner: Inner): Operations {
  const { storage, passwords, throttle, accessTokens, recordEvent, now } = inner;

  /** Whether this is the account's password; unknown and disabled ones take the very same steps. */
  async function identify(login: string, password: string, call: Call) {
    const key = foldCase(login);
    const account = await storage.accounts.byLogin(key);
    const subject = account ? accountSubject(account.user.id) : unknownSubject(key);
    await throttle.admit(subject, call);
    const { matches, renewedHash } = await passwords.verify(password, account?.passwordHash, call);
    if (!account || !matches || account.user.disabled) return { account, welcome: false };
    await throttle.clear(subject);
    if (renewedHash !== undefined) {
      await storage.accounts.renewHash(account.user.id, account.passwordVersion, renewedHash);
    }
    return { account, welcome: true };
  }

  async function open(account: Account, id: string, secret: Buffer): Promise<User | undefined> {
    const at = now();
    const user = await storage.sessions.insert({
      id,
      accountId: account.user.id,
      passwordVersion: account.passwordVersion,
      tokenHash: hashSecret(secret),
      now: at,
      endsAt: daysAfter(at, sessionLimits.unusedDaysMax),
    });
    await storage.sessions.dropOldest(account.user.id, sessionLimits.countMax);
    await storage.sessions.dropEnded(at, sessionLimits.droppedMax);
    return user;
  }

  return {
    async logIn({ login, password }, call) {
      const { account, welcome } = await identify(login, password, call);
      const held = { id: randomUUIDv7(), secret: newSecret() };
      const user = account && welcome && (await open(account, held.id, held.secret));
      if (user) return handOver(accessTokens, user, held);
      await throttle.tidy();
      recordEvent('logInRefused', call, account && { targetId: account.user.id });
      throw new AppError('unauthorized', 'The login or the password is not right');
    },
  };
}
