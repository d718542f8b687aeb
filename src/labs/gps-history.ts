import { distanceMeters } from '../tracking/geo.ts';
import { gpsObject, type GpsObject } from './gps-object.ts';
import type { LabParts } from './lab.ts';

type Parts = Pick<LabParts, 'services' | 'asStaff'> & { vehicle: string };
type Route = Awaited<ReturnType<LabParts['services']['tracking']['getRoute']>>;

const pageMax = 1_000;
/** Of one question; a day at one fix a second is four of them. */
const pagesMax = 25;
/** So long a speed holds when nothing is told after it. */
const heldMsMax = 10_000;
const timeOf = (ms: number): string => new Date(ms).toISOString();

export type History = ReturnType<typeof createHistory>;

/** Where the vehicle has been, fix by fix, so that nobody who looks now and then misses a step. */
export function createHistory({ services, asStaff, vehicle: id }: Parts) {
  async function read(fromMs: number, toMs?: number): Promise<Route['items']> {
    const to = toMs === undefined ? {} : { to: timeOf(toMs) };
    const asked = { id, from: timeOf(fromMs), ...to, limit: pageMax };
    return (await services.tracking.getRoute(asked, await asStaff())).items;
  }

  async function way(fromMs: number, toMs: number, pages: number): Promise<Way> {
    const steps = inSteps(await read(fromMs, toMs));
    const meters = steps.reduce((sum, step) => sum + step.distance_meters, 0);
    const lastMs = msOf(steps.at(-1)) ?? toMs;
    if (steps.length < pageMax || pages === 1) return { meters, toMs: lastMs };
    // Each page begins with the fix that the one before ended with.
    const rest = await way(lastMs, toMs, pages - 1);
    return { meters: meters + rest.meters, toMs: rest.toMs };
  }

  return {
    /** The next fixes after a time, a thousand at most. */
    async after(ms: number): Promise<{ steps: GpsObject[]; isMore: boolean }> {
      // From the fix of that time on, because the first step begins there.
      const fixes = await read(ms);
      const steps = inSteps(fixes).filter((step) => (msOf(step) ?? 0) > ms);
      return { steps, isMore: fixes.length === pageMax };
    },

    /** How long the way was, and up to where it was added up: a very long one takes more questions. */
    way: (fromMs: number, toMs: number): Promise<Way> => way(fromMs, toMs, pagesMax),

    /** What was told last before a time, if that still holds. */
    async speedHeldAt(ms: number): Promise<number | undefined> {
      const fixes = await read(ms - heldMsMax, ms);
      return fixes.findLast((fix) => fix.speedMetersPerSecond !== undefined)?.speedMetersPerSecond;
    },
  };
}

type Way = { meters: number; toMs: number };

export function msOf(step: Pick<GpsObject, 'timestamp'> | undefined): number | undefined {
  return step && Math.round(step.timestamp * 1_000);
}

function inSteps(fixes: Route['items']): GpsObject[] {
  return fixes.map((fix, i) => {
    const before = fixes[i - 1];
    if (!before) return gpsObject(fix);
    const elapsedMs = Date.parse(fix.timestamp) - Date.parse(before.timestamp);
    const step = {
      distanceMeters: distanceMeters(before, fix),
      elapsedTimeSeconds: elapsedMs / 1_000,
    };
    return gpsObject({ ...fix, ...step });
  });
}
