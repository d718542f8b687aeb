import { connect, type Socket } from 'node:net';
import { createHistogram } from './histogram.ts';

/** What the bench asks of those who watch. */
export type Order =
  | { do: 'open'; port: number; watchers: number; stalled: number; mixed: boolean }
  | { do: 'comeBack' }
  | { do: 'report' };

type Watcher = {
  index: number;
  isStalled: boolean;
  socket: Socket | undefined;
  lastEventId: string | undefined;
  /** What is not yet a whole event. */
  rest: string;
  lastOf: Map<string, number>;
};

const usersOf = 10;
const atOnceMax = 200;
const retryMs = 300;
/** Reading costs more than sending: of a crowd that hears everything only some are read word by word. */
const readEach = { mixed: 1, crowd: 50 };

const ages = createHistogram();
const count = { bytes: 0, fixes: 0, gaps: 0, again: 0, refused: 0, lost: 0, snapshots: 0 };
let watchers: Watcher[] = [];
let given: { port: number; mixed: boolean } = { port: 0, mixed: false };
let seats = 0;
let opened: (() => void) | undefined;

function queryOf({ index }: Watcher): string {
  return given.mixed && index % 2 === 1 ? `topics=fixes&vehicle=v${index % 100}` : 'topics=fixes';
}

function open(watcher: Watcher): void {
  const localAddress = `127.0.0.${1 + (watcher.index % 8)}`;
  const socket = connect({ port: given.port, host: '127.0.0.1', localAddress });
  watcher.socket = socket;
  watcher.rest = '';
  let isSeated = false;
  const id = watcher.lastEventId ? `last-event-id: ${watcher.lastEventId}\r\n` : '';
  const user = Math.floor(watcher.index / usersOf);
  socket.write(
    `GET /v1/stream?${queryOf(watcher)} HTTP/1.1\r\nhost: x\r\nx-user: u${user}\r\n${id}\r\n`,
  );
  socket.on('error', () => undefined);
  socket.on('close', () => {
    if (watcher.socket !== socket) return;
    if (isSeated) count.lost += 1;
    setTimeout(open, retryMs * (0.5 + Math.random()), watcher);
  });
  socket.on('data', (bytes: Buffer) => {
    if (isSeated) return hear(watcher, bytes);
    const text = bytes.toString('latin1');
    if (!text.startsWith('HTTP/1.1 200')) {
      count.refused += 1;
      socket.destroy();
      return undefined;
    }
    isSeated = true;
    seats += 1;
    if (seats === watchers.length) opened?.();
    if (watcher.isStalled) socket.pause();
    else hear(watcher, bytes.subarray(text.indexOf('\r\n\r\n') + 4));
    return undefined;
  });
}

function hear(watcher: Watcher, bytes: Buffer): void {
  count.bytes += bytes.length;
  if (watcher.index % (given.mixed ? readEach.mixed : readEach.crowd) !== 0) return;
  const blocks = (watcher.rest + bytes.toString('latin1')).split('\n\n');
  watcher.rest = blocks.pop() ?? '';
  for (const block of blocks) read(watcher, block);
}

const fixForm =
  /^event: fix\.v1\nid: (\S+)\ndata: .*?"subject":"([^"]+)","sequence":"(\d+)".*"elevation":(\d+)/;

function read(watcher: Watcher, block: string): void {
  const [, id, vehicle = '', digits, saidAtMs] = fixForm.exec(block) ?? [];
  if (id === undefined) {
    if (block.startsWith('event: snapshot')) {
      watcher.lastEventId = /^id: (\S+)/m.exec(block)?.[1];
      watcher.lastOf.clear();
      count.snapshots += 1;
    }
    return;
  }
  watcher.lastEventId = id;
  count.fixes += 1;
  ages.add((Date.now() - Number(saidAtMs)) * 1_000);
  const sequence = Number(digits);
  const last = watcher.lastOf.get(vehicle);
  if (last !== undefined && sequence > last + 1) count.gaps += 1;
  if (last !== undefined && sequence <= last) count.again += 1;
  watcher.lastOf.set(vehicle, sequence);
}

/** Not all in the same moment: what they would wait for is the kernel's line of connections. */
async function openAll(): Promise<void> {
  seats = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  opened = resolve;
  for (let i = 0; i < watchers.length; i += atOnceMax) {
    watchers.slice(i, i + atOnceMax).forEach(open);
    // oxlint-disable-next-line no-await-in-loop -- a pause between them
    await new Promise(setImmediate);
  }
  await promise;
}

function leaveAll(): void {
  for (const watcher of watchers) {
    const { socket } = watcher;
    watcher.socket = undefined;
    socket?.destroy();
  }
}

async function obey(order: Order): Promise<void> {
  if (order.do === 'report') {
    const quantiles = { p50Ms: ages.quantileMs(0.5), p99Ms: ages.quantileMs(0.99) };
    process.send?.({
      kind: 'report',
      ...count,
      ...quantiles,
      cpuMs: process.cpuUsage().user / 1_000,
    });
    ages.clear();
    for (const name of Object.keys(count) as (keyof typeof count)[]) count[name] = 0;
    return;
  }
  const startedAtMs = performance.now();
  leaveAll();
  if (order.do === 'open') {
    given = order;
    watchers = Array.from({ length: order.watchers }, (_, index) => ({
      ...{ index, isStalled: index % 10 === 9 && order.stalled > 0, lastOf: new Map() },
      ...{ socket: undefined, lastEventId: undefined, rest: '' },
    }));
  }
  await openAll();
  process.send?.({ kind: 'opened', tookMs: performance.now() - startedAtMs });
}

process.on('message', (order: Order) => void obey(order));
process.once('disconnect', () => process.exit());
process.send?.({ kind: 'ready' });
