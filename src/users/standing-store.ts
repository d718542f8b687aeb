import type { Queryable, Statement } from '../platform/database.ts';
import type { Role, User } from './shapes.ts';
import { newAccountValues, type NewAccount } from './store.ts';
import { userColumns, userOf, type UserRow } from './user-row.ts';

const setStaff: Statement = {
  name: 'users.setStaff',
  text: `insert into users.accounts as a
           (id, username, username_key, email, email_key, name, role, password_hash, created_at)
         values ($1::uuid, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text,
           $9::timestamptz)
         on conflict (username_key) do update set
           role = excluded.role,
           password_hash = excluded.password_hash,
           password_version = a.password_version + 1,
           disabled_at = null,
           version = a.version + 1
         returning ${userColumns}`,
};

// Everybody who could leave the last staff account behind meets here, in one order.
const lockActiveStaff: Statement = {
  name: 'users.lockActiveStaff',
  text: `select id from users.accounts where role = 'staff' and disabled_at is null
         order by id for no key update`,
};

const lockAccount: Statement = {
  name: 'users.lockAccount',
  text: `select ${userColumns} from users.accounts a where a.id = $1::uuid for no key update`,
};

const setStanding: Statement = {
  name: 'users.setStanding',
  text: `update users.accounts a set
           role = $2::text, disabled_at = $3::timestamptz, version = a.version + 1
         where a.id = $1::uuid
         returning ${userColumns}`,
};

export type StandingStore = ReturnType<typeof standingStore>;

/** Roles and closed accounts in the database; for use in a transaction. */
export function standingStore(db: Queryable) {
  async function find(statement: Statement, values: unknown[]): Promise<User | undefined> {
    const row = await db.one<UserRow>(statement, values);
    return row && userOf(row);
  }

  return {
    setStaff: async (account: NewAccount) =>
      (await find(setStaff, newAccountValues(account))) as User,
    lockActiveStaff: () => db.rows<{ id: string }>(lockActiveStaff),
    lock: (id: string) => find(lockAccount, [id]),
    set: async (id: string, role: Role, disabledAt: Date | null) =>
      (await find(setStanding, [id, role, disabledAt])) as User,
  };
}
