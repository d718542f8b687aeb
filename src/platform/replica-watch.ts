import type { Pool } from 'undici';

/** Whether a replica is to be asked. It is out when it stops or hangs, until it says it is ready. */
export type Watch = {
  isIn(): boolean;
  asked(): void;
  answered(isStopping: boolean): void;
  failed(): void;
  /** Nothing is under way there. */
  idle(): void;
  close(): void;
};

/** Somebody who has said nothing for so long, though asked, is asked whether it is there at all. */
const silenceMsMax = 1_000;
const probeEveryMs = 250;
const probeMsMax = 1_000;

type Options = { pool: Pool; host: string; isAlone: () => boolean };

/**
 * Watches one replica, by what comes of calls; only who is out is asked by itself. One that is alone is
 * never out: there is nobody to ask instead.
 */
export function watchReplica({ pool, host, isAlone }: Options): Watch {
  let isIn = true;
  let isClosed = false;
  let silentSinceMs = Infinity;
  let timer: NodeJS.Timeout | undefined;

  function leave(): void {
    if (!isIn || isClosed || isAlone()) return;
    isIn = false;
    probeSoon();
  }

  function probeSoon(): void {
    timer = setTimeout(() => void probe(), probeEveryMs).unref();
  }

  async function probe(): Promise<void> {
    const isReady = await isReadyNow(pool, host);
    if (isClosed) return;
    if (!isReady) return probeSoon();
    isIn = true;
    if (silentSinceMs !== Infinity) silentSinceMs = performance.now();
  }

  return {
    isIn() {
      if (performance.now() - silentSinceMs > silenceMsMax) leave();
      return isIn;
    },
    asked() {
      if (silentSinceMs === Infinity) silentSinceMs = performance.now();
    },
    answered(isStopping) {
      silentSinceMs = performance.now();
      if (isStopping) leave();
    },
    failed: leave,
    idle() {
      silentSinceMs = Infinity;
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

async function isReadyNow(pool: Pool, host: string): Promise<boolean> {
  try {
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: '/health/ready',
      headers: { host },
      signal: AbortSignal.timeout(probeMsMax),
    });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}
