import type { Service } from '../platform/api.ts';
import { AppError } from '../platform/errors.ts';
import { loggedIn, noSuchUser, staffOnly } from './access.ts';
import type { usersApi } from './api.ts';
import type { Inner } from './parts.ts';
import type { User } from './shapes.ts';
import type { Stores } from './storage.ts';

type Operations = Pick<Service<typeof usersApi>, 'setRole' | 'disableUser' | 'enableUser'>;
type Standing = Pick<User, 'role' | 'disabled'>;

/** What somebody may do at all: the role, and whether the account is open. */
export function createStanding({ storage, recordEvent, now }: Inner): Operations {
  /** Sessions end with the standing they were opened in. */
  async function change(id: string, wanted: Partial<Standing>) {
    return storage.atomically(async (stores) => {
      const { before, isLastStaff } = await lock(stores, id);
      const after = { role: before.role, disabled: before.disabled, ...wanted };
      if (after.role === before.role && after.disabled === before.disabled) {
        return { user: before, changed: false };
      }
      if (isLastStaff) throw new AppError('conflict', 'This is the last active staff account');
      const user = await stores.standing.set(id, after.role, after.disabled ? now() : null);
      await stores.sessions.endAll(id);
      return { user, changed: true };
    });
  }

  return {
    async setRole({ id, role }, call) {
      loggedIn(call);
      staffOnly(call, 'users:write');
      const { user, changed } = await change(id, { role });
      if (changed) recordEvent('roleChanged', call, { targetId: id, targetRole: role });
      return user;
    },
    async disableUser({ id }, call) {
      staffOnly(call, 'users:write');
      const { user, changed } = await change(id, { disabled: true });
      if (changed) recordEvent('userDisabled', call, { targetId: id });
      return user;
    },
    async enableUser({ id }, call) {
      staffOnly(call, 'users:write');
      const { user, changed } = await change(id, { disabled: false });
      if (changed) recordEvent('userEnabled', call, { targetId: id });
      return user;
    },
  };
}

/** Holds on to the account and to all active staff, so that nobody else can leave meanwhile. */
async function lock({ standing }: Stores, id: string) {
  const staff = await standing.lockActiveStaff();
  const before = await standing.lock(id);
  if (!before) throw noSuchUser();
  return { before, isLastStaff: staff.length === 1 && staff[0]?.id === id };
}
