import type { Queryable, Statement } from '../platform/database.ts';
import type { LiveSession, User } from './shapes.ts';
import { userColumns, userOf, type UserRow } from './user-row.ts';

export type NewSession = {
  id: string;
  accountId: string;
  /** The password that was checked; if it is another by now, there is no session. */
  passwordVersion: number;
  tokenHash: Buffer;
  now: Date;
  endsAt: Date;
};

export type Rotation = {
  id: string;
  presentedHash: Buffer;
  nextHash: Buffer;
  seed: Buffer;
  now: Date;
  unusedEndsAt: Date;
  lifetimeDaysMax: number;
};

export type Presented = Pick<Rotation, 'id' | 'presentedHash' | 'now'> & { graceSince: Date };

// The lock makes it wait for who is just disabling the account, and then find it disabled.
const insertSession: Statement = {
  name: 'users.insertSession',
  text: `with owner as (
           select ${userColumns} from users.accounts a
           where a.id = $2::uuid and a.password_version = $3::int and a.disabled_at is null
           for share
         ), made as (
           insert into users.sessions (id, account_id, token_hash, created_at, ends_at)
           select $1::uuid, owner.id, $4::bytea, $5::timestamptz, $6::timestamptz from owner
         )
         select * from owner`,
};

const rotateSession: Statement = {
  name: 'users.rotateSession',
  text: `update users.sessions s set
           previous_hash = s.token_hash,
           token_hash = $3::bytea,
           seed = $4::bytea,
           rotated_at = $5::timestamptz,
           ends_at = least($6::timestamptz, s.created_at + make_interval(days => $7::int))
         from users.accounts a
         where s.id = $1::uuid and s.token_hash = $2::bytea and s.ends_at > $5::timestamptz
           and a.id = s.account_id and a.disabled_at is null
         returning ${userColumns}, s.seed`,
};

const repeatRotation: Statement = {
  name: 'users.repeatRotation',
  text: `select ${userColumns}, s.seed
         from users.sessions s join users.accounts a on a.id = s.account_id
         where s.id = $1::uuid and s.previous_hash = $2::bytea
           and s.rotated_at > $4::timestamptz and s.ends_at > $3::timestamptz
           and a.disabled_at is null`,
};

const endIfReused: Statement = {
  name: 'users.endIfReused',
  text: `update users.sessions s set ends_at = '-infinity'
         where s.id = $1::uuid and s.ends_at > $3::timestamptz and s.token_hash <> $2::bytea
           and (s.previous_hash = $2::bytea and s.rotated_at > $4::timestamptz) is not true
         returning s.account_id as "accountId"`,
};

const endSession: Statement = {
  name: 'users.endSession',
  text: `update users.sessions set ends_at = '-infinity'
         where id = $1::uuid and account_id = $2::uuid`,
};

// The token before the newest is as good: the answer with the newest may have got lost.
const endHeldSession: Statement = {
  name: 'users.endHeldSession',
  text: `update users.sessions set ends_at = '-infinity'
         where id = $1::uuid and $2::bytea in (token_hash, previous_hash)`,
};

const endSessions: Statement = {
  name: 'users.endSessions',
  text: `update users.sessions set ends_at = '-infinity'
         where account_id = $1::uuid and id is distinct from $2::uuid and ends_at > '-infinity'`,
};

const liveSessions: Statement = {
  name: 'users.liveSessions',
  text: `select s.id, s.account_id as "userId", a.role
         from users.sessions s join users.accounts a on a.id = s.account_id
         where s.id = any($1::uuid[]) and s.ends_at > $2::timestamptz and a.disabled_at is null
         union all
         select k.id, k.account_id, a.role
         from users.api_keys k join users.accounts a on a.id = k.account_id
         where k.id = any($1::uuid[]) and k.revoked_at is null and a.disabled_at is null
           and (k.expires_at is null or k.expires_at > $2::timestamptz)`,
};

const dropEnded: Statement = {
  name: 'users.dropEndedSessions',
  text: `delete from users.sessions where id in (
           select id from users.sessions where ends_at < $1::timestamptz
           order by ends_at limit $2::int for update skip locked)`,
};

const dropOldest: Statement = {
  name: 'users.dropOldestSessions',
  text: `delete from users.sessions where id in (
           select id from users.sessions where account_id = $1::uuid
           order by id desc offset $2::int)`,
};

type Rotated = { user: User; seed: Buffer };

export type SessionStore = ReturnType<typeof sessionStore>;

/** Login sessions in the database. */
export function sessionStore(db: Queryable) {
  async function rotated(statement: Statement, values: unknown[]): Promise<Rotated | undefined> {
    const found = await db.one<UserRow & { seed: Buffer }>(statement, values);
    if (!found) return undefined;
    const { seed, ...row } = found;
    return { user: userOf(row), seed };
  }

  return {
    insert: async (s: NewSession): Promise<User | undefined> => {
      const values = [s.id, s.accountId, s.passwordVersion, s.tokenHash, s.now, s.endsAt];
      const row = await db.one<UserRow>(insertSession, values);
      return row && userOf(row);
    },
    rotate: (r: Rotation) =>
      rotated(rotateSession, [
        r.id,
        r.presentedHash,
        r.nextHash,
        r.seed,
        r.now,
        r.unusedEndsAt,
        r.lifetimeDaysMax,
      ]),
    repeatRotation: ({ id, presentedHash, now, graceSince }: Presented) =>
      rotated(repeatRotation, [id, presentedHash, now, graceSince]),
    endIfReused: ({ id, presentedHash, now, graceSince }: Presented) =>
      db.one<{ accountId: string }>(endIfReused, [id, presentedHash, now, graceSince]),
    end: (id: string, accountId: string) => db.rows(endSession, [id, accountId]),
    endHeld: (id: string, hash: Buffer) => db.rows(endHeldSession, [id, hash]),
    endAll: (accountId: string, exceptId: string | null = null) =>
      db.rows(endSessions, [accountId, exceptId]),
    live: (ids: readonly string[], now: Date) => db.rows<LiveSession>(liveSessions, [ids, now]),
    dropEnded: (before: Date, countMax: number) => db.rows(dropEnded, [before, countMax]),
    dropOldest: (accountId: string, keepMax: number) => db.rows(dropOldest, [accountId, keepMax]),
  };
}
