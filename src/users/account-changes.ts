import type { Input, Service } from '../platform/api.ts';
import type { Call } from '../platform/call.ts';
import { AppError, invalid } from '../platform/errors.ts';
import { accountIdFor, loggedIn, noSuchUser, signedIn } from './access.ts';
import type { usersApi } from './api.ts';
import { emailKey, usernameKey } from './names.ts';
import type { Inner } from './parts.ts';
import type { User } from './shapes.ts';
import type { Account, AccountChange } from './store.ts';
import { nameTaken } from './taken.ts';
import { accountSubject } from './throttle.ts';

type Changes = Pick<Service<typeof usersApi>, 'changeUser'>;
type Asked = Input<(typeof usersApi)['changeUser']>;

/** Changing what an account says about itself, and its password. */
export function createAccountChanges(inner: Inner): Changes {
  const { storage, passwords, throttle, recordEvent } = inner;

  /** Who found somebody else's open session must not be able to keep the account. */
  async function provePassword(account: Account, given: string | undefined, call: Call) {
    if (given === undefined) throw invalid('body', '/currentPassword', 'is missing');
    const subject = accountSubject(account.user.id);
    await throttle.admit(subject, call);
    const { matches } = await passwords.verify(given, account.passwordHash, call);
    if (!matches) {
      recordEvent('passwordRefused', call, { targetId: account.user.id });
      throw invalid('body', '/currentPassword', 'is not the current password');
    }
    await throttle.clear(subject);
  }

  async function newHash(account: Account, asked: Asked, call: Call): Promise<string | null> {
    if (asked.password === undefined) return null;
    const caller = loggedIn(call);
    const own = caller.id === account.user.id;
    if (own) await provePassword(account, asked.currentPassword, call);
    return passwords.choose(asked.password, call);
  }

  /** A new password and the end of the sessions that the old one opened are one. */
  async function save(change: AccountChange, keptSessionId: string): Promise<User | undefined> {
    if (change.passwordHash === null) return storage.accounts.update(change);
    return storage.atomically(async ({ accounts, sessions }) => {
      const user = await accounts.update(change);
      if (user) await sessions.endAll(user.id, keptSessionId);
      return user;
    });
  }

  return {
    async changeUser(asked, call) {
      const caller = signedIn(call, 'users:write');
      const id = accountIdFor(caller, asked.id);
      if (asked.ifMatch === undefined) {
        throw new AppError('preconditionRequired', 'Send the ETag that was read as If-Match');
      }
      const account = await storage.accounts.byId(id);
      if (!account) throw noSuchUser();
      // The statement below decides; this spares a password check that would be for nothing.
      if (account.user.version !== asked.ifMatch) throw changedMeanwhile();
      const named = namesOf(asked);
      const passwordHash = await newHash(account, asked, call);
      const change = { ...named, id, version: asked.ifMatch, passwordHash };
      const user = await save(change, caller.sessionId).catch(nameTaken);
      if (!user) throw changedMeanwhile();
      if (passwordHash !== null) recordEvent('passwordChanged', call, { targetId: id });
      return user;
    },
  };
}

function namesOf({ username, email, name }: Asked) {
  return {
    username: username ?? null,
    usernameKey: username === undefined ? null : usernameKey(username),
    email: email ?? null,
    emailKey: email === undefined ? null : emailKey(email),
    name: name ?? null,
    nameChanges: name !== undefined,
  };
}

function changedMeanwhile(): AppError {
  return new AppError('preconditionFailed', 'The account changed since it was read');
}
