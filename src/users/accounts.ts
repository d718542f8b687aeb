import { randomUUIDv7 } from 'node:crypto';
import { limitDefault, type Service } from '../platform/api.ts';
import { serviceOnly } from '../platform/call.ts';
import { accountIdFor, noSuchUser, signedIn, staffOnly } from './access.ts';
import type { usersApi } from './api.ts';
import { emailKey, foldCase, usernameKey } from './names.ts';
import { pageOf } from '../platform/pages.ts';
import type { Inner } from './parts.ts';
import { nameTaken } from './taken.ts';

type Accounts = Pick<
  Service<typeof usersApi>,
  'register' | 'getUser' | 'listUsers' | 'getUsers' | 'getUsersByNumber'
>;

/** Opening accounts and looking at them. */
export function createAccounts({ storage, passwords, cursors, now }: Inner): Accounts {
  const { accounts } = storage;

  return {
    async register({ username, email, name, password }, call) {
      const keys = { usernameKey: usernameKey(username), emailKey: emailKey(email) };
      const passwordHash = await passwords.choose(password, call);
      return accounts
        .insert({
          ...keys,
          id: randomUUIDv7(),
          username,
          email,
          name: name ?? null,
          role: 'customer',
          passwordHash,
          createdAt: now(),
        })
        .catch(nameTaken);
    },

    async getUser({ id }, call) {
      const account = await accounts.byId(accountIdFor(signedIn(call, 'users:read'), id));
      if (!account) throw noSuchUser();
      return account.user;
    },

    async listUsers({ role, disabled, q, limit = limitDefault, cursor }, call) {
      staffOnly(call, 'users:read');
      const filter = {
        role: role ?? null,
        disabled: disabled ?? null,
        prefix: q === undefined ? null : foldCase(q),
      };
      const list = `users ${JSON.stringify(filter)}`;
      const beforeNumber = cursor === undefined ? null : Number(cursors.decode(list, cursor)[0]);
      const found = await accounts.list({ ...filter, beforeNumber, limit: limit + 1 });
      return pageOf(found, { limit, cursor: ({ number }) => cursors.encode(list, [number]) });
    },

    async getUsers({ ids }, call) {
      serviceOnly(call);
      return { users: await accounts.briefs(ids) };
    },

    async getUsersByNumber({ numbers }, call) {
      serviceOnly(call);
      return { users: await accounts.briefsByNumber(numbers) };
    },
  };
}
