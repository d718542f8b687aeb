import type { Live } from '../platform/bus.ts';
import type { Before, Reading } from './fix-store.ts';
import type { Known } from './find-store.ts';
import type { Place } from './geo.ts';
import { gpsState } from './gps-state.ts';

/** What one request has to store; no two fixes of it have the same time. */
export type Report = { vehicle: Known; readings: Reading[] };

/** Of one vehicle no more are told at once: who sends a whole day does not send it to everybody. */
const toldMax = 100;

/** What is news in a batch: the fixes that are newer than what was known, in the order of their time. */
export function newsOf(reports: readonly Report[], befores: readonly Before[]): Live[] {
  const beforeOf = new Map(
    befores.map((before) => [before.vehicle, { ...before, atMs: Date.parse(before.at) }]),
  );
  const vehicles = new Map(reports.map(({ vehicle }) => [vehicle.no, vehicle]));
  const readings = Map.groupBy(
    reports.flatMap((report) => report.readings),
    ({ vehicle }) => vehicle,
  );
  return [...vehicles.values()].flatMap((vehicle) =>
    newsOfOne(vehicle, readings.get(vehicle.no) ?? [], beforeOf.get(vehicle.no)),
  );
}

type Seen = Place & { atMs: number };

function newsOfOne({ id, ownerId }: Known, readings: Reading[], before: Seen | undefined): Live[] {
  const newer = readings
    .filter(({ atMs }) => atMs > (before?.atMs ?? -Infinity))
    .toSorted((a, b) => a.atMs - b.atMs);
  let last = before;
  const news = newer.map(({ atMs, fix }) => {
    const live = gpsState({ vehicleId: id, ownerId, fix, atMs }, last);
    last = { ...fix, atMs };
    return live;
  });
  return news.slice(-toldMax);
}
