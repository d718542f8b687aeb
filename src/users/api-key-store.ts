import type { Queryable, Statement } from '../platform/database.ts';
import type { ApiKey, Role, Scope } from './shapes.ts';
import { withoutNulls } from './without-nulls.ts';

export type NewKey = {
  id: string;
  accountId: string;
  name: string;
  scopes: readonly Scope[];
  /** Null for a key that is not bound to one. */
  vehicleId: string | null;
  secretHash: Buffer;
  now: Date;
  expiresAt: Date | null;
};

export type KeyRotation = {
  id: string;
  /** Null when any owner will do. */
  accountId: string | null;
  secretHash: Buffer;
  now: Date;
  previousExpiresAt: Date;
};

export type KeyPage = { accountId: string; now: Date; beforeId: string | null; limit: number };

/** A key that may be used right now, with the hashes to compare. */
export type UsableKey = {
  userId: string;
  role: Role;
  scopes: Scope[];
  vehicleId: string | null;
  secretHash: Buffer;
  /** Null when there is none that still works. */
  previousHash: Buffer | null;
};

/** As the contract shows it, at a given time; from api_keys named `k`. */
const keyColumns = (now: '$1' | '$2' | '$3' | '$6') => `k.id, k.account_id as "userId", k.name,
  k.scopes, k.vehicle_id as "vehicleId", k.created_at as "createdAt", k.expires_at as "expiresAt",
  k.last_used_at as "lastUsedAt",
  case when k.previous_expires_at > ${now}::timestamptz
    then k.previous_expires_at end as "previousExpiresAt"`;

const insertKey: Statement = {
  name: 'users.insertApiKey',
  text: `insert into users.api_keys as k
           (id, account_id, name, scopes, secret_hash, created_at, expires_at, vehicle_id)
         select $1::uuid, $2::uuid, $3::text, $4::text[], $5::bytea, $6::timestamptz,
           $7::timestamptz, $9::text
         where (
           select count(*) from users.api_keys
           where account_id = $2::uuid and revoked_at is null
             and (expires_at is null or expires_at > $6::timestamptz)
         ) < $8::int
         returning ${keyColumns('$6')}`,
};

const listKeys: Statement = {
  name: 'users.listApiKeys',
  text: `select ${keyColumns('$2')} from users.api_keys k
         where k.account_id = $1::uuid and k.revoked_at is null
           and ($3::uuid is null
             or k.number < (select number from users.api_keys where id = $3::uuid))
         order by k.number desc
         limit $4::int`,
};

const rotateKey: Statement = {
  name: 'users.rotateApiKey',
  text: `update users.api_keys k set
           previous_hash = k.secret_hash,
           previous_expires_at = $4::timestamptz,
           secret_hash = $5::bytea
         where k.id = $1::uuid and ($2::uuid is null or k.account_id = $2::uuid)
           and k.revoked_at is null and (k.expires_at is null or k.expires_at > $3::timestamptz)
         returning ${keyColumns('$3')}`,
};

const revokeKey: Statement = {
  name: 'users.revokeApiKey',
  text: `update users.api_keys set revoked_at = coalesce(revoked_at, $3::timestamptz)
         where id = $1::uuid and ($2::uuid is null or account_id = $2::uuid)
         returning id, account_id as "userId"`,
};

const usableKey: Statement = {
  name: 'users.usableApiKey',
  text: `select k.account_id as "userId", a.role, k.scopes, k.vehicle_id as "vehicleId",
           k.secret_hash as "secretHash",
           case when k.previous_expires_at > $2::timestamptz
             then k.previous_hash end as "previousHash"
         from users.api_keys k join users.accounts a on a.id = k.account_id
         where k.id = $1::uuid and k.revoked_at is null and a.disabled_at is null
           and (k.expires_at is null or k.expires_at > $2::timestamptz)`,
};

// Once a minute is enough to tell a living key from a forgotten one.
const touchKey: Statement = {
  name: 'users.touchApiKey',
  text: `update users.api_keys set last_used_at = $2::timestamptz
         where id = $1::uuid
           and (last_used_at is null or last_used_at <= $2::timestamptz - interval '1 minute')`,
};

const dropDead: Statement = {
  name: 'users.dropDeadApiKeys',
  text: `delete from users.api_keys
         where account_id = $1::uuid and least(revoked_at, expires_at) < $2::timestamptz`,
};

type KeyRow = Parameters<typeof withoutNulls<ApiKey>>[0];

export type ApiKeyStore = ReturnType<typeof apiKeyStore>;

/** API keys in the database, as hashes. */
export function apiKeyStore(db: Queryable) {
  async function find(statement: Statement, values: unknown[]): Promise<ApiKey | undefined> {
    const row = await db.one<KeyRow>(statement, values);
    return row && withoutNulls<ApiKey>(row);
  }

  return {
    /** Nothing when the owner has as many as allowed; the owner must be locked. */
    insert: (k: NewKey, liveMax: number) =>
      find(insertKey, [
        k.id,
        k.accountId,
        k.name,
        k.scopes,
        k.secretHash,
        k.now,
        k.expiresAt,
        liveMax,
        k.vehicleId,
      ]),
    list: async ({ accountId, now, beforeId, limit }: KeyPage) =>
      (await db.rows<KeyRow>(listKeys, [accountId, now, beforeId, limit])).map((row) =>
        withoutNulls<ApiKey>(row),
      ),
    rotate: (r: KeyRotation) =>
      find(rotateKey, [r.id, r.accountId, r.now, r.previousExpiresAt, r.secretHash]),
    revoke: (id: string, accountId: string | null, now: Date) =>
      db.one<{ id: string; userId: string }>(revokeKey, [id, accountId, now]),
    usable: (id: string, now: Date) => db.one<UsableKey>(usableKey, [id, now]),
    touch: (id: string, now: Date) => db.rows(touchKey, [id, now]),
    dropDead: (accountId: string, before: Date) => db.rows(dropDead, [accountId, before]),
  };
}
