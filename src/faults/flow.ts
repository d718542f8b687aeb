import type { Socket } from 'node:net';

/** What happens to the bytes of one direction. */
export type FlowMode =
  | { kind: 'pass' }
  | { kind: 'hold' }
  | { kind: 'delay'; delayMs: number; jitterMs: number }
  | { kind: 'drop'; after: 'reset' | 'hang' };

export type Flow = { set: (mode: FlowMode) => void };

type Options = {
  from: Socket;
  to: Socket;
  random: () => number;
  /** Something was dropped after which the connection is to be reset. */
  onSwallowed?: () => void;
};

/** Bytes, or the end of them, and when they may go on. */
type Piece = { bytes: Buffer | undefined; dueAtMs: number };

const waitingBytesMax = 1024 * 1024;

/** Carries bytes from one socket to another, in their order, as the mode says. */
export function openFlow({ from, to, random, onSwallowed }: Options): Flow {
  const waiting: Piece[] = [];
  let waitingBytes = 0;
  let mode: FlowMode = { kind: 'pass' };
  let timer: NodeJS.Timeout | undefined;

  function take(bytes: Buffer | undefined): void {
    if (mode.kind === 'drop' && bytes) {
      if (mode.after === 'reset') onSwallowed?.();
      return;
    }
    const extraMs = mode.kind === 'delay' ? mode.delayMs + mode.jitterMs * random() : 0;
    const dueAtMs = Math.max(waiting.at(-1)?.dueAtMs ?? 0, performance.now() + extraMs);
    waiting.push({ bytes, dueAtMs });
    waitingBytes += bytes?.length ?? 0;
    pump();
  }

  function pump(): void {
    clearTimeout(timer);
    for (let piece = waiting[0]; piece && mode.kind !== 'hold'; piece = waiting[0]) {
      const leftMs = piece.dueAtMs - performance.now();
      if (leftMs > 0) {
        timer = setTimeout(pump, Math.ceil(leftMs));
        break;
      }
      waiting.shift();
      waitingBytes -= piece.bytes?.length ?? 0;
      pass(to, piece);
    }
    // Who sends more than can go on must wait, as behind any full line.
    if (waitingBytes + to.writableLength > waitingBytesMax) from.pause();
    else if (from.isPaused()) from.resume();
  }

  from.on('data', take);
  from.on('end', () => take(undefined));
  from.once('close', () => clearTimeout(timer));
  to.on('drain', pump);
  return {
    set(next) {
      mode = next;
      pump();
    },
  };
}

function pass(to: Socket, { bytes }: Piece): void {
  if (to.destroyed || to.writableEnded) return;
  if (bytes) to.write(bytes);
  else to.end();
}
