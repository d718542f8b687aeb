import { ConfigError } from '../config.ts';
import { AppError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { systemClock } from '../replay/clock.ts';
import { sampleRows } from '../replay/demo.ts';
import { play, type Played } from '../replay/player.ts';
import { isGood, type GoodRow } from '../replay/sample.ts';
import { fleet } from '../replay/schedule.ts';
import { readTrack } from '../replay/track.ts';

type Options = {
  /** Each drives the same track, from a place of its own on. */
  vehicles: readonly string[];
  rows: readonly GoodRow[];
  isLoop: boolean;
  speed: number;
  store: (played: Played) => Promise<unknown>;
  onStored: (played: Played) => void;
  onEnd: () => void;
  log: Log;
};

/** More than a day at one fix a second; all are in memory. */
const rowsMax = 100_000;
const skippedToldMax = 20;
/** The original waits before the first row too. */
const firstWaitMsMax = 10_000;
/** Older than this, nobody looks at it any more. */
const lateMsMax = 10_000;
const warnEveryMs = 60_000;

/** Drives the track for as long as the lab lives; what cannot be stored is nowhere told. */
export function openReplay(options: Options): { close: () => Promise<void> } {
  const closing = new AbortController();
  const playing = drive(options, closing.signal);
  return {
    async close() {
      closing.abort();
      await playing;
    },
  };
}

async function drive(options: Options, signal: AbortSignal): Promise<void> {
  const { rows, speed, store, onStored, onEnd, log } = options;
  const clock = systemClock();
  let warnedAtMs = -Infinity;

  function warn(details: object, text: string): void {
    if (clock.steadyMs() - warnedAtMs < warnEveryMs) return;
    warnedAtMs = clock.steadyMs();
    log.warn(details, text);
  }

  async function sink(played: Played): Promise<void> {
    const { vehicle, lateMs } = played;
    if (lateMs > lateMsMax)
      return warn({ lateMs }, 'the replay cannot keep up, and leaves out fixes');
    try {
      await store(played);
    } catch (err) {
      return warn({ err, vehicle }, 'a fix could not be stored');
    }
    onStored(played);
  }

  const firstMs = (rows[0]?.sample.elapsed_time_seconds ?? 0) * 1_000;
  await clock.wait(Math.min(firstMs, firstWaitMsMax) / speed, signal);
  await play(fleet(options), { speed, times: 'now', clock, signal, sink });
  if (!signal.aborted) onEnd();
}

/** The rows of a file; without one those of the sample trip. Rows that make no sense are skipped. */
export async function readRows(path: string | undefined, log: Log): Promise<GoodRow[]> {
  if (path === undefined) return sampleRows();
  const rows: GoodRow[] = [];
  let skipped = 0;
  try {
    for await (const row of readTrack(path)) {
      if (isGood(row)) rows.push(row);
      else if ((skipped += 1) <= skippedToldMax) log.warn(row, 'a row of the track is skipped');
      if (rows.length > rowsMax) throw new ConfigError(`${path} has more than ${rowsMax} rows.`);
    }
  } catch (error) {
    throw isFault(error) ? error : new ConfigError(`${path}: ${(error as Error).message}.`);
  }
  if (skipped > skippedToldMax) log.warn({ skipped }, 'so many rows of the track are skipped');
  if (rows.length === 0) throw new ConfigError(`${path} has no row that is a fix.`);
  return rows;
}

/** Neither a file that cannot be read nor one that is no track. */
function isFault(error: unknown): boolean {
  return !(error instanceof AppError) && !(error instanceof Error && 'code' in error);
}
