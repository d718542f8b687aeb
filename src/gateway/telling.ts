import type { Chunk } from './chunk.ts';
import type { Groups } from './groups.ts';
import type { Log } from './log.ts';
import type { Span } from './reading.ts';
import { cutReader, isClear, sayFirst, write, type Reader } from './reader.ts';
import type { createStreamMetrics } from './stream-metrics.ts';

/** How far everybody has been told who is not behind, and when. */
export type Position = { told: number; toldAtMs: number };

export type Telling = ReturnType<typeof createTelling>;

export type TellingMetrics = Pick<
  ReturnType<typeof createStreamMetrics>,
  'behind' | 'shortened' | 'tooSlow'
>;

type Parts = {
  log: Pick<Log, 'read' | 'isReadable'>;
  metrics: TellingMetrics;
  stuckMs: number;
  position: Position;
  groups: Groups;
  behind: Set<Reader>;
  /** Somebody must be looked after again, soon or now. */
  onBehind: () => void;
  onAhead: () => void;
};

/** Tells readers what is in the log: those who keep up, and those who do not. */
export function createTelling(parts: Parts) {
  const { log, metrics, stuckMs, position, groups, behind, onBehind, onAhead } = parts;

  const remove = (reader: Reader): void => {
    behind.delete(reader);
    groups.remove(reader);
  };

  function cutOff(reader: Reader): void {
    metrics.tooSlow.inc();
    remove(reader);
    cutReader(reader);
  }

  /** Decides where a reader stands to whom all has been said that can be said now. */
  function settle(reader: Reader): void {
    if (reader.isOver) return;
    if (!isClear(reader)) {
      const isKnown = log.isReadable(reader.cursor, reader.filter.topics);
      if (!isKnown || stuckForMs(reader) > stuckMs) return cutOff(reader);
      behind.add(reader);
      return onBehind();
    }
    reader.stuckSinceMs = undefined;
    behind.add(reader);
    // It has been told of more than the others yet.
    if (!keepsUp(reader, position)) return onAhead();
    behind.delete(reader);
    groups.add(reader);
  }

  return {
    remove,

    /** The next for who keeps up; nothing at all, if that is too much to be known. */
    give(reader: Reader, chunks: readonly Chunk[] | undefined): void {
      if (reader.isOver) return;
      if (!chunks) return cutOff(reader);
      for (const chunk of chunks) if (isClear(reader)) write(reader, chunk);
      if (isClear(reader)) return;
      groups.remove(reader);
      settle(reader);
    },

    /** As much as goes for who is behind, until it is where the others are. */
    advance(reader: Reader): void {
      noteProgress(reader);
      while (isClear(reader)) {
        if (sayFirst(reader)) continue;
        if (!isDue(reader, position)) break;
        const chunk = log.read(reader.filter, nextSpan(reader, position));
        if (!chunk) return cutOff(reader);
        if (chunk.isShortened) metrics.shortened.inc();
        write(reader, chunk);
      }
      settle(reader);
    },
  };
}

/** Whether there is something to read for it, by what the others have been told. */
function isDue({ cursor, shownTo }: Reader, { told }: Position): boolean {
  return cursor < told && shownTo <= told;
}

function keepsUp({ cursor, shownTo }: Reader, { told }: Position): boolean {
  return cursor === told && shownTo <= told;
}

/** It reads, if slowly. */
function noteProgress(reader: Reader): void {
  if (reader.stuckSinceMs === undefined || !isClear(reader)) return;
  reader.stuckSinceMs = performance.now();
}

/** Everything for who comes back and who has just come, the newest for who was slow. */
function nextSpan(reader: Reader, { told }: Position): Span {
  const { cursor, exactTo, shownTo, stuckSinceMs } = reader;
  if (cursor < exactTo) return { from: cursor, upTo: Math.min(told, exactTo), isExact: true };
  return { from: cursor, upTo: told, isExact: stuckSinceMs === undefined && cursor >= shownTo };
}

function stuckForMs(reader: Reader): number {
  const nowMs = performance.now();
  reader.stuckSinceMs ??= nowMs;
  return nowMs - reader.stuckSinceMs;
}
