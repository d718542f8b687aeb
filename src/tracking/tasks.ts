import { randomUUID } from 'node:crypto';
import type { Service } from '../platform/api.ts';
import type { Call } from '../platform/call.ts';
import type { Database } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { fingerprint, keyedId } from '../platform/idempotency.ts';
import { asking, mayReach, type Asking } from './access.ts';
import type { trackingApi } from './api.ts';
import type { Finder } from './find-vehicle.ts';
import type { TrackingParts } from './parts.ts';
import { taskStore, type NewTask, type TaskRow } from './task-store.ts';
import { expiryOf, taskOf } from './task.ts';
import { windowAhead, windowBack } from './window.ts';

type Tracking = Service<typeof trackingApi>;
type Work = Pick<Tracking, 'createAverageSpeedTask' | 'getTask' | 'cancelTask'>;
type Asked = Parameters<Tracking['createAverageSpeedTask']>[0];
type Parts = Pick<TrackingParts, 'database' | 'now' | 'onTask'> & { finder: Finder };
type Store = ReturnType<typeof taskStore>;

/** Of one account, or of one of our own services. */
const unfinishedMax = 100;
const droppedMax = 10_000;

/** Average speeds that are worked out later; whoever may read the fixes may have it done. */
export function createTasks({ database, finder, now, onTask }: Parts): Work {
  const store = taskStore(database);

  async function ownTask(id: string, call: Call): Promise<TaskRow> {
    const caller = asking(call, 'tracking:read');
    const row = await store.find(id, now().getTime());
    if (row && mayReach(caller, { id: row.vehicleId, ownerId: row.askedBy })) return row;
    // One text for missing and foreign tasks, so that it tells nothing.
    throw new AppError('notFound', 'There is no such task');
  }

  return {
    async createAverageSpeedTask(asked, call) {
      const caller = asking(call, 'tracking:read');
      const task = newTask(asked, caller, now());
      const { no } = await finder.find(asked.id, caller);
      const isNew = await store.insert({ ...task, vehicle: no }, unfinishedMax);
      const row = await store.find(task.id, task.createdAtMs);
      if (!row) throw await tooMany(store, task);
      if (!row.fp.equals(task.fp)) {
        throw new AppError('keyReused', 'This Idempotency-Key has made another task');
      }
      if (isNew) onTask(new Date(task.untilMs));
      else call.answer.replayed = true;
      return taskOf(row, now());
    },

    getTask: async ({ id }, call) => taskOf(await ownTask(id, call), now()),

    async cancelTask({ id }, call) {
      await ownTask(id, call);
      await store.cancel(id, now().getTime());
      return taskOf(await ownTask(id, call), now());
    },
  };
}

function newTask(asked: Asked, caller: Asking, now: Date): Omit<NewTask, 'vehicle'> {
  const { id: vehicleId, windowSeconds, look = 'forward', until, idempotencyKey: key } = asked;
  const window = look === 'back' ? windowBack(asked, now) : windowAhead(asked, now);
  const name = caller.kind === 'service' ? `service ${caller.name}` : caller.id;
  const request = { actor: { name }, operation: 'createAverageSpeedTask' };
  const createdAtMs = now.getTime();
  return {
    id: key === undefined ? randomUUID() : keyedId({ ...request, key }),
    askedBy: name,
    ...window,
    fp: fingerprint(vehicleId, windowSeconds, look, until),
    createdAtMs,
    expiresAtMs: expiryOf(window, createdAtMs),
  };
}

async function tooMany(store: Store, { askedBy, createdAtMs }: Omit<NewTask, 'vehicle'>) {
  const endMs = (await store.firstEndMs(askedBy)) ?? createdAtMs;
  const retryAfterSeconds = Math.max(1, Math.ceil((endMs - createdAtMs) / 1_000));
  const text = `At most ${unfinishedMax} tasks may be unfinished; wait, or cancel one`;
  return new AppError('rateLimited', text, { retryAfterSeconds });
}

/** Forgets what nobody can read any more; says how many went. */
export async function dropOldTasks(database: Database, now: Date): Promise<number> {
  const dropped = await taskStore(database).drop(now.getTime(), droppedMax);
  return dropped < droppedMax ? dropped : dropped + (await dropOldTasks(database, now));
}
