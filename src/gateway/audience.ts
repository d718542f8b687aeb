import type { Connection } from '../platform/event-stream.ts';
import type { Traced } from '../platform/trace.ts';
import { endSpan } from '../platform/tracing.ts';
import { createGroups, type Groups } from './groups.ts';
import { readAll, type Log } from './log.ts';
import { endReader, type Reader } from './reader.ts';
import { createRounds } from './rounds.ts';
import type { Ids } from './stream-ids.ts';
import { createTelling, type Position, type Telling, type TellingMetrics } from './telling.ts';
import { createUntold } from './untold.ts';

type Parts = {
  log: Log;
  ids: Ids;
  metrics: TellingMetrics;
  limits: {
    /** What is heard within this time is told together. */
    togetherMs: number;
    /** Who has not read anything for so long does not read at all. */
    stuckMs: number;
  };
  nowMs: () => number;
};

export type Audience = ReturnType<typeof createAudience>;

/** So often we look who reads again. */
const lookMs = 50;

/**
 * Tells all readers what is in the log. Who keeps up stands in a group with all who are told the
 * same, and gets the same bytes; who does not is passed over until what was written is gone, and
 * then gets what it has missed out of the log. So nobody has a queue, and nobody waits for others.
 */
export function createAudience({ log, ids, metrics, limits, nowMs }: Parts) {
  const groups = createGroups();
  const untold = createUntold();
  const behind = new Set<Reader>();
  const position = { told: log.last(), toldAtMs: nowMs() };
  const rounds = createRounds({ round, everyMs: limits.togetherMs, lookMs });
  const telling = createTelling({
    log,
    metrics,
    position,
    groups,
    behind,
    stuckMs: limits.stuckMs,
    onBehind: rounds.wantedSoon,
    onAhead: rounds.wanted,
  });
  const told = { log, groups, telling };
  let isBeatDue = false;
  metrics.behind(() => behind.size);

  function* round(): Generator<void, void> {
    const from = position.told;
    const heard = untold.take();
    position.told = log.last();
    position.toldAtMs = nowMs();
    if (from < position.told) yield* tellGroups(told, from, position.told);
    heard.forEach(endSpan);
    yield* advanceAll(telling, behind);
    if (!isBeatDue) return;
    isBeatDue = false;
    yield* tellAll(told, beatOf(ids, position), position.told);
  }

  return {
    /** Something is new in the log. */
    heard: (trace?: Traced): void => {
      untold.add(trace);
      if (log.isUrgent(position.told)) rounds.urgent();
      else rounds.wanted();
    },

    begin(reader: Reader, connection: Connection): void {
      reader.connection = connection;
      if (reader.isOver) endReader(reader);
      else telling.advance(reader);
    },

    remove: telling.remove,

    /** Says to all who have nothing to read how far they have come: so they can come back to it. */
    beat: (): void => {
      isBeatDue = true;
      rounds.wanted();
    },

    close: rounds.close,
  };
}

type Told = { log: Log; groups: Groups; telling: Telling };

/** What concerns each group. */
function* tellGroups({ log, groups, telling }: Told, from: number, upTo: number) {
  for (const { filter, readers } of groups.all()) {
    const chunks = readAll(log, filter, { from, upTo });
    yield;
    if (chunks?.length === 0) continue;
    // Who has come meanwhile is further than this.
    for (const reader of readers) {
      if (reader.cursor < upTo) telling.give(reader, chunks);
      yield;
    }
  }
}

/** Whoever is behind, as far as each reads. */
function* advanceAll(telling: Telling, behind: ReadonlySet<Reader>) {
  for (const reader of behind) {
    telling.advance(reader);
    yield;
  }
}

function beatOf(ids: Ids, { told, toldAtMs }: Position): Buffer {
  return Buffer.from(`: still here\nid: ${ids.idOf(told, toldAtMs)}\n\n`);
}

/** The same to everybody who keeps up. */
function* tellAll({ groups, telling }: Told, bytes: Buffer, to: number) {
  for (const { readers } of groups.all()) {
    for (const reader of readers) {
      telling.give(reader, [{ bytes, to, isShortened: false }]);
      yield;
    }
  }
}
