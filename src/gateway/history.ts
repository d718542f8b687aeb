import { batcher } from '../platform/batcher.ts';
import { ownCall, type Call, type Patience } from '../platform/call.ts';
import type { Metrics } from '../platform/metrics.ts';
import { marginMs, newsMax, type Tracking } from './catch-up.ts';
import { inChunks } from './chunk.ts';
import type { Filter } from './filter.ts';
import { fixEventText, spottedNews, type News } from './fix-event.ts';
import { frame } from './frame.ts';
import type { Log } from './log.ts';
import type { Heard } from './shelf.ts';

type Parts = { tracking: Tracking; log: Pick<Log, 'last'>; metrics: Metrics; nowMs: () => number };

/** What was missed until this process began to listen, and from which number on the log goes on. */
export type Missed = { chunks: readonly Buffer[]; heardFrom: number };

/** What came since some time, for everybody who has asked at the same time. */
type Found = {
  sinceMs: number;
  askedAtMs: number;
  heardFrom: number;
  told: { heard: Heard; text: string }[];
  /** As it is written for those who are told the same since the same time; they share it. */
  chunks: Map<string, readonly Buffer[]>;
};

/** Who was away for longer is told where things are, not how they came there. */
const reachMs = 120_000;
const readersMax = 20_000;
/** Who comes within this time gets the same, and the rest from the log. */
const keepMs = 1_000;
/** Who has left at about the same time is told the same. */
const stepMs = 5_000;

/** Reads again what others have missed when this process was not there to hear it. */
export function createHistory({ tracking, log, metrics, nowMs }: Parts) {
  let kept: Found | undefined;
  const asked = batcher<number, Found>({
    name: 'fix history',
    sizeMax: readersMax,
    inFlightMax: 1,
    queueMax: readersMax,
    metrics,
    async flush(times, patience) {
      const sinceMs = Math.min(...times);
      const found = isEnough(kept, sinceMs) ? kept : await ask(sinceMs, patience);
      kept = found;
      return times.map(() => found);
    },
  });

  async function ask(sinceMs: number, patience: Patience): Promise<Found> {
    const begun = { sinceMs, askedAtMs: performance.now(), heardFrom: log.last() };
    const call = { ...ownCall('gateway', 0), ...patience };
    const since = new Date(sinceMs).toISOString();
    const { items, isWhole } = await tracking.listNews({ since, limit: newsMax }, call);
    return { ...begun, told: isWhole ? toldOf(items) : [], chunks: new Map() };
  }

  /** The fixes since then that pass; nothing where these are too many or too long ago. */
  return async (filter: Filter, atMs: number, call: Call): Promise<Missed> => {
    const sinceMs = Math.floor((atMs - marginMs) / stepMs) * stepMs;
    if (sinceMs < nowMs() - reachMs) return { chunks: [], heardFrom: log.last() };
    const { told, chunks, heardFrom } = await asked.add(sinceMs, call);
    const key = `${sinceMs} ${filter.key}`;
    const texts = () =>
      told
        .filter(({ heard }) => heard.sequence >= sinceMs && filter.passes(heard))
        .map(({ text }) => text);
    const known = chunks.get(key) ?? inChunks(Buffer.from(texts().join('')));
    chunks.set(key, known);
    return { chunks: known, heardFrom };
  };
}

function isEnough(found: Found | undefined, sinceMs: number): found is Found {
  if (!found || found.sinceMs > sinceMs) return false;
  return performance.now() < found.askedAtMs + keepMs;
}

function toldOf(items: News['items']): Found['told'] {
  const last = new Map<string, Heard>();
  return items.map((item) => {
    const spotted = spottedNews(item);
    const { vehicleId, ownerId, sequence, place } = spotted;
    const key = `fixes ${vehicleId}`;
    const placeBefore = last.get(key)?.place;
    const heard: Heard = { topic: 'fixes', key, sequence, ownerId, place, placeBefore };
    last.set(key, heard);
    // Without an id: who leaves again in the middle of it comes back for all of it.
    return { heard, text: frame({ event: 'fix.v1', json: fixEventText(spotted) }) };
  });
}
