import type { Database, Queryable, Statement } from '../platform/database.ts';
import type { Average } from './average-store.ts';
import type { Window } from './window.ts';

/** Whoever asked, by name; they own their tasks and their idempotency keys. */
export type NewTask = Window & {
  id: string;
  vehicle: number;
  askedBy: string;
  fp: Buffer;
  createdAtMs: number;
  expiresAtMs: number;
};

type Problem = { code: string; detail: string };
export type Outcome = { state: 'done'; outcome: Average } | { state: 'failed'; outcome: Problem };
type Unfinished = { state: 'requested' | 'cancelled'; outcome: null };

export type TaskRow = Window &
  (Outcome | Unfinished) & {
    id: string;
    vehicleId: string;
    askedBy: string;
    fp: Buffer;
    createdAt: string;
    endedAt: string | null;
  };

/** A task that this worker alone has, as long as the transaction lasts. */
export type ClaimedTask = Window & { id: string; vehicle: number; tries: number };

const untilMs = `round(date_part('epoch', t.window_end) * 1000)`;
const window = `${untilMs} - t.window_ms as "fromMs", ${untilMs} as "untilMs"`;

// Whoever makes tasks in several requests at once makes them one after the other, and so the count
// of the statement that follows is exact.
const lockAsker: Statement = {
  name: 'lockTaskAsker',
  text: `select from pg_advisory_xact_lock(hashtextextended('bazar tasks of ' || $1::text, 0))`,
};

const dropExpired: Statement = {
  name: 'dropExpiredTask',
  text: `delete from tracking.tasks
    where id = $1::uuid and expires_at <= to_timestamp($2::float8 / 1000)`,
};

const insertTask: Statement = {
  name: 'insertTask',
  text: `insert into tracking.tasks
      (id, vehicle, asked_by, fp, window_ms, window_end, due_at, created_at, expires_at)
    select $1::uuid, $2::int, $3::text, $4::bytea, $5::int, to_timestamp($6::float8 / 1000),
      to_timestamp($6::float8 / 1000), to_timestamp($7::float8 / 1000),
      to_timestamp($8::float8 / 1000)
    where (select count(*) from tracking.tasks where asked_by = $3::text and state = 'requested')
      < $9::int
    on conflict (id) do nothing
    returning id`,
};

const taskById: Statement = {
  name: 'taskById',
  text: `select t.id, v.id as "vehicleId", t.asked_by as "askedBy", t.fp, ${window}, t.state,
      t.outcome, t.created_at as "createdAt", t.ended_at as "endedAt"
    from tracking.tasks t join tracking.vehicles v on v.no = t.vehicle
    where t.id = $1::uuid and t.expires_at > to_timestamp($2::float8 / 1000)`,
};

const firstEnd: Statement = {
  name: 'firstTaskEnd',
  text: `select round(date_part('epoch', min(window_end)) * 1000) as "endMs" from tracking.tasks
    where asked_by = $1::text and state = 'requested'`,
};

const nextDue: Statement = {
  name: 'nextTaskDue',
  text: `select date_part('epoch', due_at - now()) * 1000 as "dueInMs" from tracking.tasks
    where state = 'requested' order by due_at limit 1`,
};

const claimTask: Statement = {
  name: 'claimTask',
  text: `select t.id, t.vehicle, t.tries, ${window} from tracking.tasks t
    where t.state = 'requested' and t.due_at <= now()
    order by t.due_at limit 1 for update skip locked`,
};

// Over is over: of a cancel and a result whichever comes first stays.
const endTask: Statement = {
  name: 'endTask',
  text: `update tracking.tasks
    set state = $2::text, outcome = $3::jsonb, ended_at = to_timestamp($4::float8 / 1000)
    where id = $1::uuid and state = 'requested'`,
};

const setAside: Statement = {
  name: 'setTaskAside',
  text: `update tracking.tasks
    set tries = tries + 1, due_at = now() + interval '1 s' * $2::float8
    where id = $1::uuid and state = 'requested'`,
};

const dropTasks: Statement = {
  name: 'dropTasks',
  text: `delete from tracking.tasks where id = any (array(
      select id from tracking.tasks where expires_at <= to_timestamp($1::float8 / 1000)
      limit $2::int for update skip locked
    )) returning id`,
};

/** The SQL of tasks, for those who ask. */
export function taskStore(database: Database) {
  return {
    /** Says whether it is new: else there is one of this id, or too many are unfinished. */
    insert: (task: NewTask, unfinishedMax: number): Promise<boolean> =>
      database.transaction(async (transaction) => {
        const { id, vehicle, askedBy, fp, fromMs, untilMs: endMs, createdAtMs, expiresAtMs } = task;
        await transaction.rows(lockAsker, [askedBy]);
        await transaction.rows(dropExpired, [id, createdAtMs]);
        const what = [id, vehicle, askedBy, fp, endMs - fromMs, endMs];
        const values = [...what, createdAtMs, expiresAtMs, unfinishedMax];
        return (await transaction.one(insertTask, values)) !== undefined;
      }),

    find: (id: string, nowMs: number) => database.one<TaskRow>(taskById, [id, nowMs]),

    /** When the first of somebody's unfinished tasks will be over. */
    firstEndMs: async (askedBy: string) =>
      (await database.one<{ endMs: number | null }>(firstEnd, [askedBy]))?.endMs ?? undefined,

    cancel: (id: string, nowMs: number) => database.rows(endTask, [id, 'cancelled', null, nowMs]),

    drop: async (nowMs: number, max: number) =>
      (await database.rows(dropTasks, [nowMs, max])).length,
  };
}

/** The SQL of working them off; within a transaction, if it is given one. */
export function dueTaskStore(database: Queryable) {
  return {
    /** By the clock of the database, which is one for all workers. */
    nextDueInMs: async () => (await database.one<{ dueInMs: number }>(nextDue))?.dueInMs,

    claim: () => database.one<ClaimedTask>(claimTask),

    end: (id: string, { state, outcome }: Outcome, nowMs: number) =>
      database.rows(endTask, [id, state, JSON.stringify(outcome), nowMs]),

    setAside: (id: string, seconds: number) => database.rows(setAside, [id, seconds]),
  };
}
