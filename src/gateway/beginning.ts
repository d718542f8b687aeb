import type { Counter } from 'prom-client';
import type { Call } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Tracking } from './catch-up.ts';
import { inChunks } from './chunk.ts';
import type { Filter } from './filter.ts';
import { createFixesBeginnings, type FixesBegun } from './fixes-beginning.ts';
import type { Hub } from './hub.ts';
import type { Log } from './log.ts';
import type { Beginning } from './reader.ts';
import { createSnapshots, type Sources } from './snapshot.ts';
import type { Ids, Resume } from './stream-ids.ts';

type Parts = Sources & {
  tracking: Tracking;
  hub: Hub;
  log: Log;
  ids: Ids;
  metrics: Metrics;
  begun: Counter<'with'>;
  nowMs: () => number;
  random: () => number;
};

type Wanted = { filter: Filter; lastEventId: string | undefined };

const retryMsMin = 1_000;
const retryMsMax = 5_000;

/** With what a stream begins: with what was missed, if that is known, else with a snapshot. */
export function createBeginnings(parts: Parts) {
  const { log, ids, begun, nowMs, random } = parts;
  const takeSnapshot = createSnapshots({ ...parts, onShown: log.onShown });
  const beginFixes = createFixesBeginnings(parts);
  // Spread out, so that those who were cut off together do not come back together.
  const retry = () =>
    Buffer.from(`retry: ${Math.round(retryMsMin + random() * (retryMsMax - retryMsMin))}\n\n`);

  async function anew(filter: Filter, resume: Resume | undefined, call: Call): Promise<Beginning> {
    // Whatever is heard from here on is in the log, so nothing is missed while others are asked.
    const begunAt = log.last();
    const begunAtMs = nowMs();
    const [fields, fixes] = await Promise.all([
      takeSnapshot(filter.topics, call),
      filter.topics.has('fixes') ? beginFixes(filter, resume, call) : undefined,
    ]);
    const shownTo = fixes?.shown.shownTo ?? 0;
    const cursor = placeOf({ begunAt, shownTo, isOfFixesOnly: fields.length === 0 });
    if (!log.isReadable(cursor, filter.topics)) throw notBegun();
    const id = ids.idOf(cursor, begunAtMs);
    const first = [retry(), ...(fixes?.missed ?? []), ...snapshotOf(id, fields, fixes)];
    return { first, cursor, exactTo: 0, shownTo };
  }

  return async ({ filter, lastEventId }: Wanted, call: Call): Promise<Beginning> => {
    const resume = ids.read(lastEventId);
    const cursor = resume?.number;
    const isKnown = cursor !== undefined && log.isWholeSince(cursor, filter.topics);
    begun.inc({ with: isKnown ? 'missed events' : 'snapshot' });
    if (!isKnown) return anew(filter, resume, call);
    return { first: [retry()], cursor, exactTo: log.last(), shownTo: 0 };
  };
}

type Places = { begunAt: number; shownTo: number; isOfFixesOnly: boolean };

/** From where on the log has news for who has seen the snapshot. */
function placeOf({ begunAt, shownTo, isOfFixesOnly }: Places): number {
  if (isOfFixesOnly) return shownTo;
  return shownTo > 0 ? Math.min(begunAt, shownTo) : begunAt;
}

/** Where things are takes most of it, and is shared by many. */
function snapshotOf(id: string, fields: string[], fixes: FixesBegun | undefined): Buffer[] {
  const start = `event: snapshot\nid: ${id}\ndata: {${fields.join(',')}`;
  const end = Buffer.from('}\n\n');
  if (!fixes) return [Buffer.from(start), end];
  const comma = fields.length > 0 ? ',' : '';
  return [Buffer.from(start + comma), ...inChunks(fixes.shown.field), end];
}

function notBegun(): AppError {
  return new AppError(
    'overloaded',
    'More happened than could be kept for the beginning; try again',
  );
}
