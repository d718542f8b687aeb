import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

export type Line = {
  text: string;
  /** It was longer than it may be, and this is its beginning. */
  isCut: boolean;
};

/** Who sent a line, and the line. */
export type SentLine = { line: string; isCut: boolean; peer: string };

export type LineServer = { host: string; port: number; close: () => Promise<void> };

type Options = {
  host: string;
  port: number;
  /** The next line of the same connection comes when this is done; what it throws ends it. */
  onLine: (sent: SentLine) => Promise<void>;
  lineBytesMax?: number;
  connectionsMax?: number;
  idleMsMax?: number;
};

export const lineBytesMax = 64 * 1024;
const backlog = 1_024;
const heldBytesMin = 256;
const keepAliveMs = 60_000;
const lineFeed = 0x0a;

/**
 * Cuts bytes into lines. A line is decoded when it is whole, so a character may be split anywhere;
 * bytes that are not UTF-8 become replacement characters.
 */
export function createLineSplitter(bytesMax = lineBytesMax) {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** The line so far, copied out of its chunks: a few bytes must not keep a large chunk alive. */
  let held: Buffer | undefined;
  let heldBytes = 0;
  let isCut = false;

  function hold(part: Uint8Array): void {
    const room = bytesMax - heldBytes;
    if (part.length > room) isCut = true;
    const kept = part.subarray(0, room);
    if (kept.length === 0) return;
    held = grown(held, heldBytes, heldBytes + kept.length);
    held.set(kept, heldBytes);
    heldBytes += kept.length;
  }

  function release(): Line {
    const bytes = held?.subarray(0, heldBytes) ?? Buffer.alloc(0);
    const line = { text: decoder.decode(bytes).replace(/\r$/, ''), isCut };
    held = undefined;
    heldBytes = 0;
    isCut = false;
    return line;
  }

  return {
    *take(chunk: Uint8Array): Generator<Line> {
      let start = 0;
      let end = chunk.indexOf(lineFeed);
      while (end !== -1) {
        hold(chunk.subarray(start, end));
        yield release();
        start = end + 1;
        end = chunk.indexOf(lineFeed, start);
      }
      hold(chunk.subarray(start));
    },
    /** What came after the last line feed. */
    *end(): Generator<Line> {
      if (heldBytes > 0) yield release();
    },
  };
}

/** Twice as large each time, so that a long line of small chunks is not copied for each of them. */
function grown(held: Buffer | undefined, heldBytes: number, bytesMin: number): Buffer {
  if (held && held.length >= bytesMin) return held;
  const larger = Buffer.allocUnsafeSlow(Math.max(heldBytesMin, bytesMin, 2 * (held?.length ?? 0)));
  if (held) larger.set(held.subarray(0, heldBytes));
  return larger;
}

/** Takes lines of text from whoever connects, and answers nothing. */
export async function openLineServer(options: Options): Promise<LineServer> {
  const { host, port, connectionsMax = 1_100 } = options;
  const open = new Map<Socket, Promise<void>>();
  const closing = new AbortController();
  const server = createServer((socket) => {
    const reading = readLines(socket, { ...options, signal: closing.signal }).finally(() =>
      open.delete(socket),
    );
    open.set(socket, reading);
  });
  server.maxConnections = connectionsMax;
  server.listen({ host, port, backlog });
  await once(server, 'listening');
  const closed = once(server, 'close');
  return {
    host,
    port: (server.address() as AddressInfo).port,
    async close() {
      closing.abort();
      server.close();
      for (const socket of open.keys()) socket.destroy();
      await Promise.all([closed, ...open.values()]);
    },
  };
}

/** Reads on only when the lines before are done, so a fast sender waits in its own buffers. */
async function readLines(socket: Socket, options: Options & { signal: AbortSignal }) {
  const { onLine, signal, idleMsMax = 600_000, lineBytesMax: bytesMax = lineBytesMax } = options;
  const peer = `${socket.remoteAddress}:${socket.remotePort}`;
  const splitter = createLineSplitter(bytesMax);
  // Who is gone without a word is found out by one or the other.
  socket.setKeepAlive(true, keepAliveMs);
  socket.setTimeout(idleMsMax, () => socket.destroy());

  async function pass(lines: Iterable<Line>): Promise<void> {
    for (const { text, isCut } of lines) {
      if (signal.aborted) return;
      // oxlint-disable-next-line no-await-in-loop -- line by line, in the order they came
      await onLine({ line: text, isCut, peer });
    }
  }

  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) await pass(splitter.take(chunk));
    await pass(splitter.end());
  } catch {
    // A connection that breaks is none of our business, and what was half a line is nothing.
  } finally {
    socket.destroy();
  }
}
