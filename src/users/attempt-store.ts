import type { Queryable, Statement } from '../platform/database.ts';

export type Attempt = {
  subject: string;
  now: Date;
  /** Attempts that cost no waiting time. */
  freeMax: number;
  delaySeconds: number;
  delaySecondsMax: number;
  forgetSeconds: number;
};

// Attempts at the same time come through one by one, each seeing the one before it counted.
// Free attempts need no look at the time: that of another process may be a little later than ours.
// While somebody has to wait nothing is counted, or a stubborn guesser could lock out the owner.
const countAttempt: Statement = {
  name: 'users.countAttempt',
  text: `insert into users.login_attempts as t (subject, attempts, free_at)
         values ($1::text, 1, $2::timestamptz)
         on conflict (subject) do update set
           attempts = case
             when t.free_at < $2::timestamptz - make_interval(secs => $6::int) then 1
             else t.attempts + 1 end,
           free_at = $2::timestamptz + case
             when t.free_at < $2::timestamptz - make_interval(secs => $6::int)
               or t.attempts + 1 < $3::int then interval '0'
             else make_interval(secs =>
               least($5::int, $4::int * power(2, least(t.attempts + 1 - $3::int, 20)))) end
         where t.attempts < $3::int or t.free_at <= $2::timestamptz
         returning attempts`,
};

const freeAt: Statement = {
  name: 'users.attemptsFreeAt',
  text: `select free_at as "freeAt" from users.login_attempts where subject = $1::text`,
};

const clearAttempts: Statement = {
  name: 'users.clearAttempts',
  text: `delete from users.login_attempts where subject = $1::text`,
};

const dropForgotten: Statement = {
  name: 'users.dropForgottenAttempts',
  text: `delete from users.login_attempts where subject in (
           select subject from users.login_attempts where free_at < $1::timestamptz
           order by free_at limit $2::int for update skip locked)`,
};

export type AttemptStore = ReturnType<typeof attemptStore>;

/** Counts attempts to log in, for all replicas and across restarts. */
export function attemptStore(db: Queryable) {
  return {
    /** Whether the attempt was counted; otherwise it must wait. */
    count: async (a: Attempt): Promise<boolean> => {
      const { subject, now, freeMax, delaySeconds, delaySecondsMax, forgetSeconds } = a;
      const values = [subject, now, freeMax, delaySeconds, delaySecondsMax, forgetSeconds];
      return (await db.one(countAttempt, values)) !== undefined;
    },
    freeAt: async (subject: string): Promise<Date | undefined> => {
      const row = await db.one<{ freeAt: string }>(freeAt, [subject]);
      return row && new Date(row.freeAt);
    },
    clear: (subject: string) => db.rows(clearAttempts, [subject]),
    dropForgotten: (before: Date, countMax: number) => db.rows(dropForgotten, [before, countMax]),
  };
}
