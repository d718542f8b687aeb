import type { Service } from '../platform/api.ts';
import { batcher } from '../platform/batcher.ts';
import { isBadValue } from '../platform/database.ts';
import { invalid } from '../platform/errors.ts';
import { asking } from './access.ts';
import type { trackingApi } from './api.ts';
import { createDays } from './days.ts';
import type { Known } from './find-store.ts';
import type { Finder } from './find-vehicle.ts';
import { createFixCheck, refuseAll, type Checked } from './fix-check.ts';
import { fixStore, type Before, type Reading } from './fix-store.ts';
import { gpsChannel } from './gps-state.ts';
import { newsOf, type Report } from './fix-news.ts';
import type { TrackingParts } from './parts.ts';
import type { FixesReport } from './shapes.ts';

type Work = Pick<Service<typeof trackingApi>, 'addFixes'>;
type Parts = TrackingParts & { finder: Finder };

/** Taking fixes: checked one by one, stored together with all that come in this moment. */
export function createFixes(parts: Parts): Work {
  const { database, bus, finder, metrics } = parts;
  const check = createFixCheck(parts);
  const store = fixStore(database);
  const days = createDays(database);

  async function storeAll(readings: readonly Reading[]) {
    await days.make(readings);
    return store.store(readings).catch(async (error: unknown) => {
      if (!isBadValue(error)) throw error;
      // Retention may have dropped a day that we think is there.
      days.forget();
      await days.make(readings);
      return store.store(readings);
    });
  }

  function announce(reports: readonly Report[], befores: readonly Before[]): void {
    if (!bus.isLiveHeard(gpsChannel)) return;
    bus.announce(gpsChannel, newsOf(reports, befores));
  }

  const openLane = (vehicles: string) =>
    batcher<Report, ReadonlySet<number>>({
      name: `fixes of ${vehicles} vehicles`,
      async flush(items) {
        const { known, befores } = await storeAll(items.flatMap(({ readings }) => readings));
        announce(items, befores);
        return knownOf(items, known);
      },
      isPoison: isBadValue,
      sizeMax: 1_000,
      weigh: ({ readings }) => readings.length,
      weightMax: 5_000,
      inFlightMax: 1,
      queueMax: 5_000,
      waitMsMax: 1_000,
      metrics,
    });
  // Writers of one vehicle wait for each other, so two batches go side by side only without one in common.
  const [even, odd] = [openLane('even'), openLane('odd')];

  return {
    async addFixes({ id, fixes, ...alone }, call) {
      const caller = asking(call, 'tracking:write');
      const given = fixesOf(fixes, alone);
      const vehicle = await finder.findOrMake(id, caller);
      const checked = given.map(check);
      const readings = readingsOf(vehicle, checked);
      if (readings.length === 0) throw refuseAll(checked, fixes !== undefined);
      const lane = vehicle.no % 2 === 0 ? even : odd;
      const known = await lane.add({ vehicle, readings }, call);
      return reportOf(checked, readings, known);
    },
  };
}

/** One fix as it is, or a list of them. */
function fixesOf(fixes: readonly unknown[] | undefined, alone: object): readonly unknown[] {
  if (!fixes) return [alone];
  const [field] = Object.keys(alone);
  if (field !== undefined) throw invalid('body', `/${field}`, 'goes into one of the fixes');
  return fixes;
}

/** What can be stored; of fixes with the same time, the first. */
function readingsOf({ no }: Known, checked: readonly Checked[]): Reading[] {
  const readings = new Map<number, Reading>();
  for (const one of checked) {
    if (!('fix' in one) || readings.has(one.atMs)) continue;
    readings.set(one.atMs, { vehicle: no, atMs: one.atMs, fix: one.fix });
  }
  return [...readings.values()];
}

/** For each report the times that were known before, out of places in the whole batch. */
function knownOf(items: readonly Report[], known: readonly number[]): ReadonlySet<number>[] {
  const places = new Set(known);
  let place = 0;
  return items.map(({ readings }) => {
    const mine = readings.filter(() => places.size > 0 && places.has((place += 1)));
    return new Set(mine.map(({ atMs }) => atMs));
  });
}

function reportOf(
  checked: readonly Checked[],
  readings: readonly Reading[],
  known: ReadonlySet<number>,
): FixesReport {
  const firsts = new Map(readings.map(({ atMs, fix }) => [atMs, fix]));
  const results = checked.map((one): FixesReport['results'][number] => {
    if (!('fix' in one)) return { result: 'refused', reason: one.reason };
    const isNew = firsts.get(one.atMs) === one.fix && !known.has(one.atMs);
    return { result: isNew ? 'stored' : 'known' };
  });
  const count = (wanted: string) => results.filter(({ result }) => result === wanted).length;
  return {
    stored: count('stored'),
    known: count('known'),
    refused: count('refused'),
    results,
  };
}
