import { randomBytes } from 'node:crypto';
import type { LabParts, LabServices } from './lab.ts';

type User = Awaited<ReturnType<LabServices['users']['getUser']>>;
type Newcomer = { username: string; email: string; name?: string };

/** Customers as the originals know them: by a number, and without a password. */
export function createCustomers({ services: { users }, asStaff, asService }: LabParts) {
  async function idOf(number: number | undefined): Promise<string | undefined> {
    if (number === undefined || number < 1) return undefined;
    const found = await users.getUsersByNumber({ numbers: [number] }, asService());
    return found.users[0]?.id;
  }

  return {
    idOf,

    /** Its password is told to nobody, because the original has no log-in. */
    register(newcomer: Newcomer): Promise<User> {
      const password = randomBytes(24).toString('base64url');
      return users.register({ ...newcomer, password }, asService());
    },

    async find(number: number | undefined): Promise<User | undefined> {
      const id = await idOf(number);
      return id === undefined ? undefined : users.getUser({ id }, await asStaff());
    },

    /** At most as many as a page of orders has. */
    async numbersOf(ids: readonly string[]): Promise<Map<string, number>> {
      if (ids.length === 0) return new Map();
      const found = await users.getUsers({ ids: [...new Set(ids)] }, asService());
      return new Map(found.users.map(({ id, number }) => [id, number]));
    },
  };
}
