import { AppError } from '../platform/errors.ts';
import type { Clock } from './clock.ts';
import { play, type Played } from './player.ts';
import { isGood, type GoodRow } from './sample.ts';
import { fleet, oneVehicle, type Timed } from './schedule.ts';
import { readTrack } from './track.ts';

export type Plan = {
  path: string;
  fileBytes: number;
  vehicle: string;
  /** So many vehicles, numbered from 1; without it there is one of that name. */
  fleet: number | undefined;
  isLoop: boolean;
  speed: number;
  times: 'now' | 'file';
};

type Parts = {
  clock: Clock;
  signal: AbortSignal;
  sink: (played: Played) => Promise<void>;
  /** Hears of each row that is skipped. */
  onProblem: (problem: { line: number; problem: string }) => void;
  /** How much of the track, or of this lap of it, is played: from 0 to 1. */
  onShare: (share: number) => void;
};

/** A fleet has its track in memory, a second for each row: longer than most journeys. */
const fleetRowsMax = 100_000;

/** Plays a file to its end, or until the signal. */
export async function replay(plan: Plan, parts: Parts): Promise<void> {
  const { speed, times } = plan;
  const { clock, signal, sink } = parts;
  const timed = plan.fleet === undefined ? single(plan, parts) : await many(plan, parts);
  await play(timed, { speed, times, clock, signal, sink });
}

function single(
  { path, fileBytes, vehicle, isLoop }: Plan,
  { onProblem, onShare }: Parts,
): AsyncIterable<Timed> {
  const open = () => {
    let bytes = 0;
    return readTrack(path, (count) => {
      bytes += count;
      onShare(bytes / fileBytes);
    });
  };
  return oneVehicle({ vehicle, open, isLoop, onProblem });
}

async function many(plan: Plan, parts: Parts): Promise<Iterable<Timed>> {
  const { vehicle, isLoop } = plan;
  const rows = await readAll(plan, parts);
  const vehicles = Array.from({ length: plan.fleet ?? 1 }, (_, i) => `${vehicle}-${i + 1}`);
  const all = rows.length * vehicles.length;
  const timed = fleet({ vehicles, rows, isLoop });
  return timed.map((one, n) => {
    parts.onShare((n % all) / all);
    return one;
  });
}

async function readAll({ path }: Plan, { onProblem, signal }: Parts): Promise<GoodRow[]> {
  const rows: GoodRow[] = [];
  for await (const row of readTrack(path)) {
    if (signal.aborted) return [];
    if (isGood(row)) rows.push(row);
    else onProblem(row);
    if (rows.length > fleetRowsMax) {
      throw new AppError('tooLarge', `For a fleet it may have at most ${fleetRowsMax} rows`);
    }
  }
  return rows;
}
