import { Readable } from 'node:stream';
import type { EventStream } from '../platform/event-stream.ts';
import { chunkChars, createBacklog, type Waiting } from './backlog.ts';

export type Outlet<Item extends Waiting> = {
  stream: EventStream;
  /** Puts one more into the line. */
  add: (item: Item) => void;
  /** Lets it flow: these texts first, then what waits and passes. */
  begin: (first: readonly string[], passes: (item: Item) => boolean) => void;
  /** Says this to a reader who has nothing to read. */
  say: (text: string) => void;
  end: () => void;
};

type Parts = {
  itemsMax: number;
  bytesMax: number;
  /** These were left out, because newer ones have come. */
  onSkipped: (count: number) => void;
  /** The reader was too slow even for the newest, and is cut off. */
  onTooSlow: () => void;
};

/**
 * The line of one reader, which never grows beyond its limits: then of each subject only the newest
 * stays, and if that is still too much, the stream is over.
 */
export function createOutlet<Item extends Waiting>(parts: Parts): Outlet<Item> {
  const backlog = createBacklog<Item>(parts);
  let flows = false;
  let wanted = false;

  const stream = new Readable({
    highWaterMark: chunkChars,
    read() {
      wanted = true;
      flow();
    },
  });
  const isIdle = () => flows && backlog.isEmpty() && stream.readableLength === 0;

  function flow(): void {
    if (!wanted || !flows || stream.destroyed || backlog.isEmpty()) return;
    wanted = stream.push(backlog.take());
    flow();
  }

  return {
    stream,
    add(item) {
      if (stream.destroyed) return;
      backlog.add(item);
      flow();
      if (!backlog.isTooMuch()) return;
      parts.onSkipped(backlog.shorten());
      if (!backlog.isTooMuch()) return;
      parts.onTooSlow();
      stream.destroy();
    },
    begin(first, passes) {
      backlog.putFirst(first);
      backlog.keep(passes);
      flows = true;
      flow();
    },
    say(text) {
      if (!isIdle()) return;
      backlog.putFirst([text]);
      flow();
    },
    end() {
      // Who has not read until now must not make us wait.
      if (isIdle()) stream.push(null);
      else stream.destroy();
      flows = false;
    },
  };
}
