import { createCatchUp, type Tracking } from './catch-up.ts';
import { fixEventText, spottedLive, spottedNews, type Spotted } from './fix-event.ts';
import { frame } from './frame.ts';
import type { HearParts } from './hear-shop.ts';
import { createListening, type Listening } from './listening.ts';

type Parts = HearParts<'hear'> & { tracking: Tracking; retryMs: number };

const gpsChannel = 'gps_state';

/** Writes into the log where vehicles are, and what of it the bus could not tell. */
export function hearFixes(parts: Parts): Listening & { isWhole: () => Promise<void> } {
  const { bus, log, ids, onHeard, lingerMs, nowMs, tracking, retryMs } = parts;

  function hear(spotted: Spotted | undefined): void {
    if (!spotted) return;
    const { vehicleId, ownerId, sequence, place } = spotted;
    const key = `fixes ${vehicleId}`;
    const placeBefore = log.newestFix(key)?.place;
    const textOf = (number: number) =>
      frame({ event: 'fix.v1', id: ids.idOf(number, nowMs()), json: fixEventText(spotted) });
    const heard = { topic: 'fixes', key, sequence, ownerId, place, placeBefore } as const;
    if (log.add(heard, textOf)) onHeard();
  }

  const catchUp = createCatchUp({
    tracking,
    retryMs,
    onNews: (items) => items.forEach((item) => hear(spottedNews(item))),
  });

  const listening = createListening({
    lingerMs,
    start() {
      const stop = bus.hear(gpsChannel, {
        heard: (live) => hear(spottedLive(live)),
        missed: (sinceMs) => catchUp.missed(sinceMs),
      });
      log.forget('fixes');
      catchUp.missed();
      return () => {
        stop();
        catchUp.stop();
        log.forget('fixes');
      };
    },
  });
  return { ...listening, isWhole: catchUp.done };
}
