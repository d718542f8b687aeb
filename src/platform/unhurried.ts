import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from './database.ts';

/** Of the time in which nobody but this works, so much is left to others. */
const restShare = 2 / 3;
const restMsMax = 2_000;

/** A database that rests after each statement: for long work beside people who wait. */
export function unhurried(database: Database, clockMs = () => performance.now()): Database {
  async function thenRest<T>(work: Promise<T>): Promise<T> {
    const startedAtMs = clockMs();
    const result = await work;
    const tookMs = clockMs() - startedAtMs;
    await sleep(Math.min((tookMs * restShare) / (1 - restShare), restMsMax));
    return result;
  }
  return {
    ...database,
    rows: (statement, values) => thenRest(database.rows(statement, values)),
    one: (statement, values) => thenRest(database.one(statement, values)),
  };
}
