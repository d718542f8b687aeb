import type { Call } from '../platform/call.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Tracking } from './catch-up.ts';
import type { Filter } from './filter.ts';
import { createFixesSnapshots, type FixesShown } from './fixes-snapshot.ts';
import { createHistory } from './history.ts';
import type { Hub } from './hub.ts';
import { readAll, type Log } from './log.ts';
import type { Resume } from './stream-ids.ts';

type Parts = {
  tracking: Tracking;
  hub: Pick<Hub, 'knowsFixes'>;
  log: Log;
  metrics: Metrics;
  nowMs: () => number;
};

/** What is told of fixes before the log goes on. */
export type FixesBegun = { missed: readonly Buffer[]; shown: FixesShown };

/** For who has missed something that this process does not know: what tracking knows of it. */
export function createFixesBeginnings({ hub, log, ...parts }: Parts) {
  const show = createFixesSnapshots(log);
  const missedFixes = createHistory({ ...parts, log });

  return async (filter: Filter, resume: Resume | undefined, call: Call): Promise<FixesBegun> => {
    await hub.knowsFixes();
    if (!resume) return { missed: [], shown: show(filter) };
    const { chunks, heardFrom } = await missedFixes(filter, resume.atMs, call);
    const shown = show(filter);
    // What has come since tracking was asked.
    const heard = readAll(log, filter, { from: heardFrom, upTo: shown.shownTo }) ?? [];
    return { missed: [...chunks, ...heard.flatMap(({ bytes }) => bytes ?? [])], shown };
  };
}
