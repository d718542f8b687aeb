import { randomBytes } from 'node:crypto';
import type { Call } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import { remember } from '../platform/remember.ts';
import type { LabParts } from './lab.ts';

const prefix = 'customer-';
const usernameCharsMax = 80;
/** An id never changes hands, so this bounds memory, not truth. */
const knownMax = 10_000;
const keepMs = 600_000;

const emailOf = (username: string): string => `${username}@lab.invalid`;

/** The username of a customer: names are alike in any case and ids are not, so case is written out. */
export function usernameOf(customerId: string): string {
  const username = prefix + Array.from(customerId, written).join('');
  if (username.length <= usernameCharsMax) return username;
  throw new AppError('invalid', 'customer_id is too long');
}

function written(letter: string): string {
  if (/^[a-z0-9-]$/.test(letter)) return letter;
  if (/^[A-Z]$/.test(letter)) return `_${letter.toLowerCase()}`;
  return Buffer.from(letter).toString('hex').replaceAll(/../g, '.$&');
}

/** The customer whose username it is; who has come another way is called by the username itself. */
export function customerIdOf(username: string): string {
  if (!username.startsWith(prefix)) return username;
  return username
    .slice(prefix.length)
    .replaceAll(/_([a-z])|((?:\.[0-9a-f]{2})+)/g, (_all, letter?: string, bytes = '') =>
      letter === undefined
        ? Buffer.from(String(bytes).replaceAll('.', ''), 'hex').toString()
        : letter.toUpperCase(),
    );
}

/** Customers that nobody has checked: each becomes a user when first heard of. */
export function createCustomers({ services: { users }, asService }: LabParts) {
  const known = remember<string>(knownMax);
  const underWay = new Map<string, Promise<string>>();

  /** By the address, because there an @ ends the name, so that nobody else's begins with it. */
  async function find(username: string, call: Call): Promise<string | undefined> {
    const { items } = await users.listUsers({ q: emailOf(username), limit: 100 }, call);
    return items.find((user) => user.username === username)?.id;
  }

  async function make(username: string, call: Call): Promise<string> {
    const email = emailOf(username);
    const password = randomBytes(24).toString('base64url');
    try {
      return (await users.register({ username, email, password }, asService())).id;
    } catch (error) {
      const isTaken = error instanceof AppError && error.code === 'alreadyExists';
      // Another replica was faster.
      const found = isTaken ? await find(username, call) : undefined;
      if (found === undefined) throw error;
      return found;
    }
  }

  async function findOrMake(username: string, call: Call): Promise<string> {
    const id = (await find(username, call)) ?? (await make(username, call));
    known.set(username, id, keepMs);
    return id;
  }

  return {
    /** However many orders of a new customer come at once, one makes the account. */
    async userIdOf(customerId: string, staff: Call): Promise<string> {
      const username = usernameOf(customerId);
      const id = known.get(username) ?? underWay.get(username);
      if (id !== undefined) return id;
      const made = findOrMake(username, staff).finally(() => underWay.delete(username));
      underWay.set(username, made);
      return made;
    },

    async namesOf(userIds: Iterable<string>): Promise<Map<string, string>> {
      const ids = [...new Set(userIds)];
      if (ids.length === 0) return new Map();
      const found = await users.getUsers({ ids }, asService());
      return new Map(found.users.map(({ id, username }) => [id, customerIdOf(username)]));
    },
  };
}
