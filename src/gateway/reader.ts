import { endConnection, type Connection } from '../platform/event-stream.ts';
import type { Chunk } from './chunk.ts';
import type { Filter } from './filter.ts';

/** What somebody is told first, and from where on the log goes on. */
export type Beginning = {
  first: readonly Buffer[];
  cursor: number;
  /** Until here everything is told, however much it is. */
  exactTo: number;
  /** Until here only the newest may follow what is told first, or it would seem to go back in time. */
  shownTo: number;
};

/** Somebody with a stream: there are thousands, so it is little more than how far they have read. */
export type Reader = Beginning & {
  filter: Filter;
  connection: Connection | undefined;
  /** How much of what comes first has been said. */
  said: number;
  /** Since when nothing could be written, if so. */
  stuckSinceMs: number | undefined;
  isOver: boolean;
};

export function createReader(filter: Filter): Reader {
  return {
    filter,
    first: [],
    cursor: 0,
    exactTo: 0,
    shownTo: 0,
    connection: undefined,
    said: 0,
    stuckSinceMs: undefined,
    isOver: false,
  };
}

/** Whether all that was written has left us. Nothing waits for a reader but what is on its way. */
export const isClear = ({ connection, isOver }: Reader): boolean =>
  connection?.writableLength === 0 && !isOver;

export function write(reader: Reader, { bytes, to }: Chunk): void {
  reader.cursor = to;
  if (bytes) reader.connection?.write(bytes);
}

/** Says the next of what comes first; whether there was any. */
export function sayFirst(reader: Reader): boolean {
  const next = reader.first[reader.said];
  if (!next) {
    reader.first = [];
    return false;
  }
  reader.said += 1;
  reader.connection?.write(next);
  return true;
}

export function endReader(reader: Reader): void {
  reader.isOver = true;
  if (reader.connection) endConnection(reader.connection);
}

export function cutReader(reader: Reader): void {
  reader.isOver = true;
  reader.connection?.destroy();
}
