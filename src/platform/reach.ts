import { setTimeout } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import type { Log } from './log.ts';

const patienceMs = 60_000;
const pauseMs = 500;

/** Waits for a database that starts at the same time as we do, but not for one that refuses us. */
export async function reachDatabase(url: string, log: Log): Promise<void> {
  const giveUpAtMs = performance.now() + patienceMs;
  for (let tries = 1; ; tries += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one try after the other
    const error = await failureOf(url);
    if (!error) return;
    // 57P03: it is there, and starting up.
    const refused = error instanceof DatabaseError && error.code !== '57P03';
    if (refused || performance.now() > giveUpAtMs) {
      throw new Error(`The database cannot be used: ${error.message}`, { cause: error });
    }
    if (tries % 10 === 1) log.warn({ err: error }, 'waiting for the database');
    // oxlint-disable-next-line no-await-in-loop -- one try after the other
    await setTimeout(pauseMs);
  }
}

async function failureOf(url: string): Promise<Error | undefined> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    return error as Error;
  } finally {
    await client.end().catch(() => undefined);
  }
}
