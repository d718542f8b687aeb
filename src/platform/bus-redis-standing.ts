import { Counter, Gauge } from 'prom-client';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

/** Whether the connections to Redis stand, told once when it changes. */
export type Standing = ReturnType<typeof createStanding>;

export function createBusMetrics({ registry }: Pick<Metrics, 'registry'>) {
  const registers = [registry];
  return {
    connected: new Gauge({
      name: 'bazar_bus_connected',
      help: 'Whether a connection to Redis stands, by what it is for',
      labelNames: ['connection'],
      registers,
    }),
    dropped: new Counter({
      name: 'bazar_bus_dropped_total',
      help: 'Live values that did not reach Redis, because it was away or slow',
      labelNames: ['channel'],
      registers,
    }),
  };
}

type Parts = {
  /** Where Redis is, without a password. */
  at: string;
  connected: Pick<Gauge<'connection'>, 'set'>;
  log: Log;
};

export function createStanding({ at, connected, log }: Parts) {
  const lost = new Set<string>();
  let reason = '';

  function report(connection: string, isThere: boolean): void {
    connected.set({ connection }, isThere ? 1 : 0);
  }

  function stands(connection: string): void {
    report(connection, true);
    if (lost.delete(connection) && lost.size === 0) log.info({ at }, 'Redis is back');
  }

  function isLost(connection: string, error: unknown): void {
    report(connection, false);
    reason = reasonOf(error);
    // The error itself is not logged: nobody knows what of the address is in it.
    if (lost.size === 0) log.warn({ at, reason }, 'Redis is away; trying again until it is back');
    lost.add(connection);
  }

  function closed(connection: string): void {
    report(connection, false);
    lost.delete(connection);
  }

  /** Fails while a connection is lost. */
  async function check(): Promise<void> {
    if (lost.size > 0) throw new Error(reason);
  }

  return { stands, lost: isLost, closed, check };
}

function reasonOf(error: unknown): string {
  const { message, code } = { ...(error as { code?: string }), message: (error as Error).message };
  return message || code || 'unknown';
}
