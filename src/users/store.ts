import type { Queryable, Statement } from '../platform/database.ts';
import type { Role, User, UserBrief } from './shapes.ts';
import { userColumns, userOf, type UserRow } from './user-row.ts';

/** What a log-in needs to know beyond what may be shown. */
export type Account = { user: User; passwordHash: string; passwordVersion: number };

export type NewAccount = {
  id: string;
  username: string;
  usernameKey: string;
  email: string;
  emailKey: string;
  name: string | null;
  role: Role;
  passwordHash: string;
  createdAt: Date;
};

/** What is null stays as it is; only a name can also be taken away. */
export type AccountChange = {
  id: string;
  version: string;
  username: string | null;
  usernameKey: string | null;
  email: string | null;
  emailKey: string | null;
  name: string | null;
  nameChanges: boolean;
  passwordHash: string | null;
};

export type AccountFilter = {
  role: Role | null;
  disabled: boolean | null;
  prefix: string | null;
  beforeNumber: number | null;
  limit: number;
};

const insertAccount: Statement = {
  name: 'users.insertAccount',
  text: `insert into users.accounts as a
           (id, username, username_key, email, email_key, name, role, password_hash, created_at)
         values ($1::uuid, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text,
           $9::timestamptz)
         returning ${userColumns}`,
};

const accountById: Statement = {
  name: 'users.accountById',
  text: `select ${userColumns}, a.password_hash, a.password_version
         from users.accounts a where a.id = $1::uuid`,
};

// An e-mail address has an @ and a username has none, so at most one row is found.
const accountByLogin: Statement = {
  name: 'users.accountByLogin',
  text: `select ${userColumns}, a.password_hash, a.password_version
         from users.accounts a where a.username_key = $1::text or a.email_key = $1::text`,
};

const briefs: Statement = {
  name: 'users.briefs',
  text: `select a.id, a.number, a.username, a.role, a.disabled_at is not null as disabled
         from users.accounts a where a.id = any($1::uuid[])`,
};

const briefsByNumber: Statement = {
  name: 'users.briefsByNumber',
  text: `select a.id, a.number, a.username, a.role, a.disabled_at is not null as disabled
         from users.accounts a where a.number = any($1::bigint[])`,
};

const listAccounts: Statement = {
  name: 'users.listAccounts',
  text: `select ${userColumns} from users.accounts a
         where ($1::text is null or a.role = $1::text)
           and ($2::boolean is null or (a.disabled_at is not null) = $2::boolean)
           and ($3::text is null
             or starts_with(a.username_key, $3::text) or starts_with(a.email_key, $3::text))
           and ($4::bigint is null or a.number < $4::bigint)
         order by a.number desc
         limit $5::int`,
};

const updateAccount: Statement = {
  name: 'users.updateAccount',
  text: `update users.accounts a set
           username = coalesce($3::text, a.username),
           username_key = coalesce($4::text, a.username_key),
           email = coalesce($5::text, a.email),
           email_key = coalesce($6::text, a.email_key),
           name = case when $7::boolean then $8::text else a.name end,
           password_hash = coalesce($9::text, a.password_hash),
           password_version = a.password_version + ($9::text is not null)::int,
           version = a.version + 1
         where a.id = $1::uuid and a.version::text = $2::text
         returning ${userColumns}`,
};

const renewHash: Statement = {
  name: 'users.renewHash',
  text: `update users.accounts set password_hash = $3::text
         where id = $1::uuid and password_version = $2::int`,
};

export type AccountStore = ReturnType<typeof accountStore>;

/** Accounts in the database. */
export function accountStore(db: Queryable) {
  async function findWhole(statement: Statement, key: string): Promise<Account | undefined> {
    type Row = UserRow & { password_hash: string; password_version: number };
    const found = await db.one<Row>(statement, [key]);
    if (!found) return undefined;
    const { password_hash: passwordHash, password_version: passwordVersion, ...row } = found;
    return { user: userOf(row), passwordHash, passwordVersion };
  }

  return {
    insert: async (account: NewAccount): Promise<User> =>
      userOf((await db.one<UserRow>(insertAccount, newAccountValues(account))) as UserRow),
    byId: (id: string) => findWhole(accountById, id),
    byLogin: (key: string) => findWhole(accountByLogin, key),
    briefs: (ids: readonly string[]) => db.rows<UserBrief>(briefs, [ids]),
    briefsByNumber: (numbers: readonly number[]) => db.rows<UserBrief>(briefsByNumber, [numbers]),
    list: async ({ role, disabled, prefix, beforeNumber, limit }: AccountFilter) =>
      (await db.rows<UserRow>(listAccounts, [role, disabled, prefix, beforeNumber, limit])).map(
        userOf,
      ),
    /** Nothing when it changed since that version. */
    update: async (c: AccountChange): Promise<User | undefined> => {
      const row = await db.one<UserRow>(updateAccount, [
        c.id,
        c.version,
        c.username,
        c.usernameKey,
        c.email,
        c.emailKey,
        c.nameChanges,
        c.name,
        c.passwordHash,
      ]);
      return row && userOf(row);
    },
    renewHash: (id: string, passwordVersion: number, hash: string) =>
      db.rows(renewHash, [id, passwordVersion, hash]),
  };
}

/** In the order of the columns above. */
export function newAccountValues(a: NewAccount): unknown[] {
  return [
    a.id,
    a.username,
    a.usernameKey,
    a.email,
    a.emailKey,
    a.name,
    a.role,
    a.passwordHash,
    a.createdAt,
  ];
}
