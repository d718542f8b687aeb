import { ownCall } from '../platform/call.ts';
import type { IsLive, Session } from './live-sessions.ts';
import { endReader, type Reader } from './reader.ts';

type Parts = {
  isLive: IsLive;
  /** Keeps idle connections alive. */
  beat: () => void;
  checkMs: number;
  beatMs: number;
};

export type Watch = {
  add(session: Session, reader: Reader): void;
  remove(session: Session, reader: Reader): void;
  /** Ends all streams. */
  close(): void;
};

type Watched = {
  session: Session;
  readers: Set<Reader>;
  /** How many of the last checks had no answer. */
  unanswered: number;
};

/** So many checks in a row without an answer are as good as a no. */
const unansweredMax = 3;
/** So many sessions are asked about at once: requests ask in the same line. */
const atOnceMax = 1_000;

/** Ends the streams of those whose session is over, and keeps the others from falling asleep. */
export function createWatch({ isLive, beat, checkMs, beatMs }: Parts): Watch {
  const sessions = new Map<string, Watched>();
  let timers: NodeJS.Timeout[] = [];
  let checking: Promise<void> | undefined;

  async function check(watched: Watched): Promise<void> {
    const call = ownCall('gateway', checkMs);
    const live = await isLive(watched.session, call).catch(() => undefined);
    watched.unanswered = live === undefined ? watched.unanswered + 1 : 0;
    if (live === false || watched.unanswered >= unansweredMax) watched.readers.forEach(endReader);
  }

  async function checkEach(all: readonly Watched[]): Promise<void> {
    for (let i = 0; i < all.length; i += atOnceMax) {
      // oxlint-disable-next-line no-await-in-loop -- so that there is never a long line
      await Promise.all(all.slice(i, i + atOnceMax).map(check));
    }
  }

  function checkAll(): void {
    checking ??= checkEach([...sessions.values()]).finally(() => {
      checking = undefined;
    });
  }

  function endTimers(): void {
    for (const timer of timers) clearInterval(timer);
    timers = [];
  }

  return {
    add(session, reader) {
      const key = keyOf(session);
      const watched = sessions.get(key) ?? { session, readers: new Set(), unanswered: 0 };
      watched.readers.add(reader);
      sessions.set(key, watched);
      if (timers.length > 0) return;
      timers = [setInterval(checkAll, checkMs).unref(), setInterval(beat, beatMs).unref()];
    },

    remove(session, reader) {
      const key = keyOf(session);
      const readers = sessions.get(key)?.readers;
      readers?.delete(reader);
      if (readers?.size === 0) sessions.delete(key);
      if (sessions.size === 0) endTimers();
    },

    close() {
      for (const { readers } of sessions.values()) readers.forEach(endReader);
      endTimers();
    },
  };
}

/** A session that has got another role meanwhile is another one. */
function keyOf({ sessionId, role }: Session): string {
  return `${sessionId} ${role}`;
}
