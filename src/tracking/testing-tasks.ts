import { randomUUID } from 'node:crypto';
import { after } from 'node:test';
import { openDatabase, type Database, type Queryable } from '../platform/database.ts';
import { createMetrics } from '../platform/metrics.ts';
import { until } from '../postgres/wait.ts';
import { callByUser } from '../testing/call.ts';
import { beforeDrop, silent } from '../testing/database.ts';
import { createAverages } from './average.ts';
import { createFinder } from './find-vehicle.ts';
import { freshTracking, noon } from './fixture.ts';
import type { Fix, Task } from './shapes.ts';
import { createTasks } from './tasks.ts';
import { openTaskWorker } from './task-worker.ts';

const endMsMax = 5_000;

const writeDown = {
  name: 'writeDownEnds',
  text: `do $do$ begin
    create table tracking.ends (id uuid, state text);
    create function tracking.write_down() returns trigger language plpgsql as
      'begin insert into tracking.ends values (new.id, new.state); return new; end';
    create trigger write_down after update on tracking.tasks for each row
      when (old.state is distinct from new.state) execute function tracking.write_down();
  end $do$`,
};
const endsOf = {
  name: 'endsOfTask',
  text: 'select state from tracking.ends where id = $1::uuid',
};

/** For tests: tasks at a time that the test sets, and how often each of them has come to an end. */
export async function freshTasks() {
  const clock = { ms: noon };
  const dueAts: Date[] = [];
  const now = () => new Date(clock.ms);
  const tracking = await freshTracking({ now, onTask: (dueAt) => void dueAts.push(dueAt) });
  const { database, parts } = tracking;
  await database.rows(writeDown);
  const inner = { ...parts, finder: createFinder(parts) };
  const tasks = createTasks(inner);

  /** A worker of another process, with connections of its own. */
  function openWorker(around: (own: Database) => Database = (own) => own, everyMs = 10) {
    const { url } = database;
    const metrics = createMetrics();
    const own = openDatabase({ service: 'tracking', url, connectionsMax: 2, log: silent, metrics });
    beforeDrop(url, own.close);
    const worker = openTaskWorker({ database: around(own), now, log: silent, everyMs });
    after(() => worker.close());
    return worker;
  }

  /** A courier with a vehicle. */
  async function newCourier(fixes: readonly Fix[] = []) {
    const userId = randomUUID();
    const id = `van-${userId}`;
    const no = await tracking.drive(id, fixes, userId);
    return { id, no, userId, call: () => callByUser(userId, 'courier') };
  }

  /** What becomes of a task. */
  async function over(id: string): Promise<Task> {
    const call = callByUser(randomUUID(), 'staff');
    const ended = await until(async () => {
      const task = await tasks.getTask({ id }, call);
      return task.endedAt === undefined ? undefined : task;
    }, endMsMax);
    if (!ended) throw new Error(`Nothing has become of task ${id}`);
    return ended;
  }

  async function ends(id: string): Promise<string[]> {
    const rows = await database.rows<{ state: string }>(endsOf, [id]);
    return rows.map(({ state }) => state);
  }

  const given = { ...tracking, ...tasks, ...createAverages(inner) };
  return { ...given, clock, now, dueAts, openWorker, newCourier, over, ends };
}

/** For tests: does something else before or after what a worker asks its database within a task. */
export function within(
  own: Database,
  around: (name: string, values: readonly unknown[], ask: () => Promise<unknown>) => unknown,
): Database {
  const noted = (transaction: Queryable): Queryable => ({
    ...transaction,
    one: async <Row>(statement: { name: string; text: string }, values: readonly unknown[] = []) =>
      (await around(statement.name, values, () => transaction.one(statement, values))) as Row,
    rows: async <Row>(statement: { name: string; text: string }, values: readonly unknown[] = []) =>
      (await around(statement.name, values, () => transaction.rows(statement, values))) as Row[],
  });
  return { ...own, transaction: (work) => own.transaction((inside) => work(noted(inside))) };
}
