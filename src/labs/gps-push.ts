import { frame } from '../gateway/frame.ts';
import { AppError } from '../platform/errors.ts';
import type { Connection, EventStream } from '../platform/event-stream.ts';
import type { Log } from '../platform/log.ts';
import { msOf, type History } from './gps-history.ts';

type Parts = { history: Pick<History, 'after'>; log: Pick<Log, 'warn'> };

const readersMax = 100;
/** Who takes no more than this gets the rest later, out of the history. */
const waitingBytesMax = 1024 * 1024;

/**
 * Streams every fix once and in order, to each reader from where it was. Nothing is held for it: it
 * is told out of the history, so neither a slow one nor one that comes back misses a fix.
 */
export function createPush({ history, log }: Parts) {
  const readers = new Set<() => void>();

  function open(afterMs: number): EventStream {
    if (readers.size >= readersMax) throw new AppError('overloaded', 'Too many readers already');
    let connection: Connection | undefined;
    let lastMs = afterMs;
    let isReading = false;
    let isPoked = false;

    const isReady = (): boolean =>
      connection !== undefined && connection.writableLength <= waitingBytesMax;

    async function readOn(): Promise<boolean> {
      const { steps, isMore } = await history.after(lastMs);
      lastMs = msOf(steps.at(-1)) ?? lastMs;
      connection?.write(steps.map(eventOf).join(''));
      return isMore;
    }

    async function poke(): Promise<void> {
      isPoked = true;
      if (isReading) return;
      isReading = true;
      try {
        while (isPoked && isReady()) {
          isPoked = false;
          // oxlint-disable-next-line no-await-in-loop -- page after page
          if (await readOn()) isPoked = true;
        }
      } catch (err) {
        log.warn({ err }, 'a stream could not be read on; it goes on with the next fix');
      }
      isReading = false;
    }

    const wake = (): void => void poke();
    readers.add(wake);
    return {
      start(to) {
        connection = to;
        wake();
      },
      close() {
        connection = undefined;
        readers.delete(wake);
      },
    };
  }

  return { open, poke: (): void => readers.forEach((wake) => wake()) };
}

function eventOf(step: Parameters<typeof msOf>[0]): string {
  return frame({ event: 'gps', id: String(msOf(step)), json: JSON.stringify(step) });
}
