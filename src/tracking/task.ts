import { averageOf } from './average.ts';
import type { Task } from './shapes.ts';
import type { TaskRow } from './task-store.ts';
import { timeOf, type Window } from './window.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A day after it was made; what has looked ahead all day must still be there to be read then. */
export function expiryOf({ untilMs }: Window, createdAtMs: number): number {
  return Math.max(createdAtMs + dayMs, untilMs + hourMs);
}

/** A task as the contract shows it. */
export function taskOf(row: TaskRow, now: Date): Task {
  const { id, vehicleId, fromMs, untilMs, createdAt, endedAt } = row;
  return {
    id,
    vehicleId,
    state: stateOf(row, now),
    windowSeconds: (untilMs - fromMs) / 1_000,
    from: timeOf(fromMs),
    until: timeOf(untilMs),
    ...(row.state === 'done' && { result: averageOf(vehicleId, row, row.outcome) }),
    ...(row.state === 'failed' && { problem: row.outcome }),
    createdAt,
    ...(endedAt !== null && { endedAt }),
  };
}

function stateOf({ state, fromMs }: TaskRow, now: Date): Task['state'] {
  return state === 'requested' && fromMs < now.getTime() ? 'running' : state;
}
