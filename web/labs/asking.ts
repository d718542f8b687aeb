import { clockText, type Gps, type Samples } from './samples.ts';

type Way = { distance_meters: number; to: number };

const answerMsMax = 10_000;

async function ask(path: string): Promise<unknown> {
  const response = await fetch(path, { signal: AbortSignal.timeout(answerMsMax) });
  const answer = (await response.json()) as { detail?: unknown };
  if (response.ok) return answer;
  const { detail } = answer;
  throw new Error(typeof detail === 'string' ? detail : `it says ${response.status}`);
}

/** Along all fixes, also those between two samples of this page. */
async function metersBetween(from: number, to: number): Promise<number> {
  const way = (await ask(`/distance?from=${from}&to=${to}`)) as Way;
  if (way.to >= to || way.to <= from) return way.distance_meters;
  return way.distance_meters + (await metersBetween(way.to, to));
}

/** Asks for the newest sample, and how far the way to it was; one request at a time. */
export function createAsking({ add, say }: Samples): () => Promise<void> {
  let last: number | undefined;
  let totalMeters = 0;
  let isAsking = false;

  async function take(): Promise<void> {
    const gps = (await ask('/gps_state')) as Gps;
    if (last !== undefined && gps.timestamp <= last) {
      say(`Nothing new since ${clockText(last)} UTC.`);
      return;
    }
    totalMeters += last === undefined ? 0 : await metersBetween(last, gps.timestamp);
    last = gps.timestamp;
    add(gps, totalMeters);
    say(`Sample of ${clockText(last)} UTC.`);
  }

  return async () => {
    if (isAsking) return;
    isAsking = true;
    try {
      await take();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      say(`The request of ${clockText(Date.now() / 1_000)} UTC failed: ${why}`, true);
    }
    isAsking = false;
  };
}
