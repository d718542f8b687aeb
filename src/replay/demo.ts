import type { Log } from '../platform/log.ts';
import type { Fix } from '../tracking/shapes.ts';
import { systemClock, type Clock } from './clock.ts';
import { readCsv } from './csv.ts';
import { play, type Played } from './player.ts';
import { sampleTrackCsv } from './sample-track.ts';
import { isGood, type GoodRow } from './sample.ts';
import { fleet } from './schedule.ts';
import { linesOf } from './track.ts';

type Demo = {
  vehicle: string;
  report: (fixes: Fix[]) => Promise<unknown>;
  log: Pick<Log, 'warn'>;
  signal?: AbortSignal;
  clock?: Clock;
};

/** Older than this, nobody looks at it any more. */
const lateMsMax = 10_000;
const warnEveryMs = 60_000;

/** One vehicle drives the sample track for as long as the process lives, or until it is closed. */
export function playDemo(demo: Demo): { close: () => Promise<void> } {
  const closing = new AbortController();
  const signal = demo.signal ? AbortSignal.any([demo.signal, closing.signal]) : closing.signal;
  const playing = drive(demo, signal);
  return {
    async close() {
      closing.abort();
      await playing;
    },
  };
}

async function drive(demo: Demo, signal: AbortSignal): Promise<void> {
  const { vehicle, report, log, clock = systemClock() } = demo;
  let warnedAtMs = -Infinity;

  async function sink({ fix, lateMs }: Played): Promise<void> {
    if (lateMs > lateMsMax) return;
    try {
      await report([fix]);
    } catch (err) {
      if (clock.steadyMs() - warnedAtMs < warnEveryMs) return;
      warnedAtMs = clock.steadyMs();
      log.warn({ err, vehicle }, 'the demo could not say where its vehicle is');
    }
  }

  const rows = await sampleRows();
  const timed = fleet({ vehicles: [vehicle], rows, isLoop: true });
  await play(timed, { speed: 1, times: 'now', clock, signal, sink });
}

/** The sample trip, read as its file would be. */
export async function sampleRows(): Promise<GoodRow[]> {
  const rows = await Array.fromAsync(readCsv(linesOf(chunks())));
  return rows.filter(isGood);
}

async function* chunks(): AsyncGenerator<Uint8Array> {
  yield Buffer.from(sampleTrackCsv());
}
