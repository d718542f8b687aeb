import { randomUUIDv7 } from 'node:crypto';
import { strict } from '../platform/api.ts';
import type { Database, Statement } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { checks } from '../platform/validate.ts';
import { emailKey, usernameKey } from './names.ts';
import { createPasswords, type Passwords } from './passwords.ts';
import { Email, Password, Username, type User } from './shapes.ts';
import { openStorage } from './storage.ts';
import { nameTaken } from './taken.ts';

type Parts = { database: Database; now: () => Date; log: Log; passwords?: Passwords };
type Wanted = { username: string; email?: string; password: string };

const Credentials = strict({ username: Username, email: Email, password: Password });

/**
 * Makes sure that there is a staff account of this name with this password. Called again it resets
 * the password, opens the account if it was disabled, and ends its sessions.
 */
export async function createStaff(parts: Parts, wanted: Wanted): Promise<User> {
  const { database, now, log, passwords = createPasswords() } = parts;
  const { username, password } = wanted;
  // A domain that can never exist: no mail will go astray.
  const email = wanted.email ?? `${username}@staff.invalid`;
  checks()('body', Credentials)({ username, email, password });
  const passwordHash = await passwords.choose(password, { deadlineAtMs: Infinity });
  const account = {
    id: randomUUIDv7(),
    username,
    usernameKey: usernameKey(username),
    email,
    emailKey: emailKey(email),
    name: null,
    role: 'staff' as const,
    passwordHash,
    createdAt: now(),
  };
  const user = await openStorage(database)
    .atomically(async ({ standing, sessions }) => {
      const made = await standing.setStaff(account);
      await sessions.endAll(made.id);
      return made;
    })
    .catch(nameTaken);
  log.info({ event: 'staffSet', targetId: user.id }, 'security event');
  return user;
}

const staffExists: Statement = {
  name: 'staffExists',
  text: `select exists (select from users.accounts where role = 'staff') as found`,
};

/** Whether anybody may run the shop yet. */
export async function hasStaff(database: Database): Promise<boolean> {
  const row = await database.one<{ found: boolean }>(staffExists);
  return row?.found === true;
}
