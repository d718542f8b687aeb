// Watches, as a process of its own: many streams over plain sockets. It counts every message, and
// reads only those of a few, since reading costs more than sending.
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHistogram } from './histogram.ts';
import { createCounter } from './tracking-messages.ts';
import { vehicleName, type WatchResult, type WatchSpec } from './tracking-spec.ts';

type Watcher = { socket: Socket; isStalled: boolean };

const bufferBytes = 65_536;
const atOnceMax = 20;
const retryMs = 100;
const triesMax = 50;
/** So many of all are read. */
const readMax = 20;
const headEnd = '\r\n\r\n';
const sequenceForm = /"sequence":"(\d+)"/g;

const ages = createHistogram();
/** One buffer serves all sockets: what is in it is counted before the next one reads. */
const shared = Buffer.alloc(bufferBytes);
let watchers: Watcher[] = [];
let delivered = 0;
let bytesRead = 0;
let lost = 0;
/** Of those that are read, what was counted: the same, if counting is right. */
let counted = 0;
let cpuBefore = process.cpuUsage();
let beganAtMs = 0;

const orders = {
  open,
  begin() {
    [delivered, bytesRead, counted] = [0, 0, 0];
    ages.clear();
    cpuBefore = process.cpuUsage();
    beganAtMs = performance.now();
  },
  end() {
    const { user, system } = process.cpuUsage(cpuBefore);
    const result: WatchResult = {
      ...{
        delivered,
        bytes: bytesRead,
        lost,
        counted,
        aged: ages.count(),
        readerUs: user + system,
      },
      seconds: (performance.now() - beganAtMs) / 1_000,
      ...{ p50Ms: ages.quantileMs(0.5), p99Ms: ages.quantileMs(0.99) },
    };
    process.send?.({ kind: 'watched', result });
  },
};

process.on('message', (message: { open?: WatchSpec; begin?: true; end?: true }) => {
  if (message.open) void orders.open(message.open);
  if (message.begin) orders.begin();
  if (message.end) orders.end();
});
process.once('disconnect', () => process.exit(0));

async function open(spec: WatchSpec): Promise<void> {
  for (let i = 0; i < spec.watchers; i += atOnceMax) {
    const some = Array.from({ length: Math.min(atOnceMax, spec.watchers - i) }, (_, k) => i + k);
    // oxlint-disable-next-line no-await-in-loop -- not all in the same moment
    watchers.push(...(await Promise.all(some.map((n) => openOne(spec, n)))));
  }
  // Only from here on, or those that came first would fall behind while the others come.
  for (const { socket, isStalled } of watchers) if (isStalled) socket.pause();
  process.send?.({ kind: 'opened' });
}

async function openOne(spec: WatchSpec, n: number, tries = 1): Promise<Watcher> {
  const made = await tryOne(spec, n);
  if (typeof made !== 'string') return made;
  if (tries >= triesMax) throw new Error(`A stream is refused: ${made}`);
  await sleep(retryMs);
  return openOne(spec, n, tries + 1);
}

/** A watcher that was let in, or what was said instead. */
async function tryOne(spec: WatchSpec, n: number): Promise<Watcher | string> {
  const { promise, resolve } = Promise.withResolvers<Watcher | string>();
  const { port, stalledEach, watchers: count } = spec;
  const isStalled = stalledEach > 0 && n % stalledEach === stalledEach - 1;
  const isRead = !isStalled && n % Math.max(1, Math.floor(count / readMax)) === 0;
  const hear = isRead ? createEar() : createCount();
  let head: string | undefined = '';
  const onread = {
    buffer: shared,
    callback(size: number): boolean {
      const bytes = shared.subarray(0, size);
      if (head === undefined) hear(bytes);
      else hearHead(bytes.toString('latin1'));
      return true;
    },
  };
  const socket = connect({ host: '127.0.0.1', port, noDelay: true, onread }, () =>
    socket.write(requestOf(spec, n)),
  );
  function hearHead(text: string): void {
    head += text;
    const end = head?.indexOf(headEnd) ?? -1;
    if (head === undefined || end < 0) return;
    const [status = ''] = head.split('\r\n');
    const rest = head.slice(end + headEnd.length);
    head = undefined;
    if (status.includes(' 200 ')) {
      hear(Buffer.from(rest, 'latin1'));
      return resolve({ socket, isStalled });
    }
    resolve(`${status} ${rest}`);
    socket.destroy();
    return undefined;
  }
  socket.on('error', () => undefined);
  socket.once('close', () => {
    if (!isStalled && head === undefined) lost += 1;
    resolve('the connection broke');
  });
  return promise;
}

function requestOf({ tokens, streamsPerToken, isOneEach, vehicles }: WatchSpec, n: number): string {
  const token = tokens[Math.floor(n / streamsPerToken)] ?? '';
  const which = isOneEach ? `&vehicle=${vehicleName(n % vehicles)}` : '';
  return (
    `GET /v1/stream?topics=fixes${which} HTTP/1.1\r\nhost: 127.0.0.1\r\n` +
    `authorization: Bearer ${token}\r\n\r\n`
  );
}

function createCount(): (bytes: Buffer) => number {
  const countIn = createCounter();
  return (bytes) => {
    bytesRead += bytes.length;
    const count = countIn(bytes);
    delivered += count;
    return count;
  };
}

/** Counts, and looks how old each message is. */
function createEar(): (bytes: Buffer) => number {
  const count = createCount();
  let rest = '';
  return (bytes) => {
    const messages = count(bytes);
    counted += messages;
    const nowMs = performance.timeOrigin + performance.now();
    const text = rest + bytes.toString('latin1');
    const end = text.lastIndexOf('\n') + 1;
    rest = text.slice(end);
    for (const [, sequence] of text.slice(0, end).matchAll(sequenceForm)) {
      ages.add((nowMs - Number(sequence)) * 1_000);
    }
    return messages;
  };
}
