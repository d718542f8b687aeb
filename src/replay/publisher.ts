import { connect, type Socket } from 'node:net';
import { backoffMs, waitUntil, type Clock } from './clock.ts';

type Options = {
  host: string;
  port: number;
  everyMs: number;
  /** The next line, without its end. */
  text: () => string;
  clock: Clock;
  random: () => number;
  signal: AbortSignal;
  onConnected: () => void;
  onProblem: (why: string) => void;
};

const connectMsMax = 5_000;
const endMsMax = 1_000;

/**
 * Sends a line every so often over one connection, which is made again when it breaks. A line that
 * is due while there is no connection, or while the other side does not read, is left out.
 */
export async function publish(options: Options): Promise<void> {
  const { everyMs, text, clock, signal } = options;
  let socket: Socket | undefined;
  const connecting = keepConnected(options, (next) => (socket = next));
  const startMs = clock.steadyMs();
  for (let n = 0; !signal.aborted; n = Math.max(n + 1, elapsed(startMs, options))) {
    // oxlint-disable-next-line no-await-in-loop -- line by line, each at its time
    await waitUntil(startMs + n * everyMs, clock, signal);
    if (!signal.aborted && socket && !socket.writableNeedDrain) socket.write(`${text()}\n`);
  }
  await connecting;
}

/** How many lines were due by now: after a long pause there is no burst. */
function elapsed(startMs: number, { clock, everyMs }: Options): number {
  return Math.floor((clock.steadyMs() - startMs) / everyMs);
}

async function keepConnected(
  options: Options,
  onSocket: (socket: Socket | undefined) => void,
): Promise<void> {
  const { signal, clock, random } = options;
  let failures = 0;
  while (!signal.aborted) {
    // oxlint-disable-next-line no-await-in-loop -- one connection after the other
    const { wasOpen, why } = await oneConnection(options, onSocket);
    onSocket(undefined);
    failures = wasOpen ? 1 : failures + 1;
    if (signal.aborted) return;
    options.onProblem(why);
    // oxlint-disable-next-line no-await-in-loop -- not at once
    await clock.wait(backoffMs(failures, random), signal);
  }
}

/** Lives as long as its connection does. */
function oneConnection(
  { host, port, signal, onConnected }: Options,
  onSocket: (socket: Socket) => void,
): Promise<{ wasOpen: boolean; why: string }> {
  const { promise, resolve } = Promise.withResolvers<{ wasOpen: boolean; why: string }>();
  const socket = connect({ host, port, noDelay: true, keepAlive: true });
  let wasOpen = false;
  let why = 'the connection was closed';
  const end = (): void => {
    if (!wasOpen) return void socket.destroy();
    socket.end();
    // What is under way may still arrive, but nobody waits for it for long.
    socket.setTimeout(endMsMax, () => socket.destroy());
  };
  socket.setTimeout(connectMsMax, () => socket.destroy(new Error('no answer')));
  socket.on('connect', () => {
    wasOpen = true;
    socket.setTimeout(0);
    onSocket(socket);
    onConnected();
  });
  socket.on('error', (error: NodeJS.ErrnoException) => (why = error.code ?? error.message));
  // Nothing is ever said to us; reading is how the end is noticed.
  socket.resume();
  signal.addEventListener('abort', end, { once: true });
  socket.on('close', () => {
    signal.removeEventListener('abort', end);
    resolve({ wasOpen, why });
  });
  return promise;
}
