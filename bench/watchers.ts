import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cleanUp, run, type Child } from './children.ts';
import type { Order as ClientOrder } from './watchers-clients.ts';
import type { Order as ServerOrder } from './watchers-server.ts';

type Measured = {
  rss: number;
  heapUsed: number;
  told: number;
  cpuMs: number;
  open: number;
  behind: number;
  tooSlow: number;
};
type Report = {
  bytes: number;
  fixes: number;
  gaps: number;
  again: number;
  refused: number;
  lost: number;
  snapshots: number;
  p50Ms: number;
  p99Ms: number;
  cpuMs: number;
};
type Pair = { server: Child; clients: Child; port: number };

const kib = 1024;
const settleMs = 2_000;
/** Whatever happens, this ends. */
const allMsMax = 300_000;

const { values } = parseArgs({
  options: {
    watchers: { type: 'string', default: '10000' },
    crowd: { type: 'string', default: '1000' },
    'fixes-per-second': { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '8' },
    only: { type: 'string' },
  },
});
const say = (text: string) => process.stdout.write(`${text}\n`);
const told = (child: Child, order: ServerOrder | ClientOrder) => child.process.send(order);

async function start(): Promise<Pair> {
  const flags = ['--expose-gc', '--max-semi-space-size=16'];
  const server = run('bench/watchers-server.ts', [], flags);
  const { port } = await server.message<{ port: number }>('ready');
  const clients = run('bench/watchers-clients.ts', []);
  await clients.message('ready');
  return { server, clients, port };
}

async function stop({ server, clients }: Pair): Promise<void> {
  await Promise.all([server.stop(), clients.stop()]);
}

async function measure({ server }: Pair): Promise<Measured> {
  const answer = server.message<Measured>('measured');
  told(server, { do: 'measure' });
  return answer;
}

async function report({ clients }: Pair): Promise<Report> {
  const answer = clients.message<Report>('report');
  told(clients, { do: 'report' });
  return answer;
}

async function send(clients: Child, order: ClientOrder): Promise<number> {
  const opened = clients.message<{ tookMs: number }>('opened');
  told(clients, order);
  return (await opened).tookMs;
}

const perWatcher = (after: Measured, before: Measured, watchers: number) =>
  `${((after.rss - before.rss) / kib / watchers).toFixed(1)} KiB RSS ` +
  `(${((after.heapUsed - before.heapUsed) / kib / watchers).toFixed(1)} of it heap) each`;

/** Many who watch, one in ten without reading; then all drop and come back at once. */
async function crowdInMemory(watchers: number): Promise<void> {
  const pair = await start();
  const { server, clients, port } = pair;
  const warm = { do: 'open', port, watchers: 100, stalled: 0, mixed: true } as const;
  await send(clients, warm);
  await wait(settleMs);
  const before = await measure(pair);
  const tookMs = await send(clients, { ...warm, watchers, stalled: 1 });
  await wait(settleMs);
  const silent = await measure(pair);
  say(`${silent.open} watchers, opened in ${tookMs.toFixed(0)} ms`);
  say(`  quiet:          ${perWatcher(silent, before, watchers)}`);
  told(server, { do: 'fixes', perSecond: 10, vehicles: 20 });
  await wait(2 * settleMs);
  await report(pair);
  const backMs = await send(clients, { do: 'comeBack' });
  await wait(2 * settleMs);
  const storm = await report(pair);
  told(server, { do: 'silence' });
  await wait(settleMs);
  const after = await measure(pair);
  say(`  after a storm:  ${perWatcher(after, before, watchers)}, ${after.open} open`);
  say(
    `  storm: all back after ${backMs.toFixed(0)} ms, ${storm.refused} tries refused, ` +
      `${storm.snapshots} snapshots, ${storm.fixes} fixes read, ${storm.gaps} gaps, ${storm.again} fixes twice, ${storm.lost} lost`,
  );
  await stop(pair);
}

/** Until those who do not read have all that the kernel keeps for them. */
async function untilBehind(pair: Pair, count: number, triesMax = 20): Promise<void> {
  await wait(settleMs);
  const { behind } = await measure(pair);
  if (behind < count && triesMax > 0) await untilBehind(pair, count, triesMax - 1);
}

type Flood = { watchers: number; perSecond: number; seconds: number; stalled: number };

/** Everybody hears everything. */
async function flood({ watchers, perSecond, seconds, stalled }: Flood): Promise<number> {
  const pair = await start();
  const { server, clients, port } = pair;
  await send(clients, { do: 'open', port, watchers, stalled, mixed: false });
  told(server, { do: 'fixes', perSecond, vehicles: 100 });
  await untilBehind(pair, stalled ? Math.floor(watchers / 10) : 0);
  const before = await measure(pair);
  await wait(settleMs);
  await report(pair);
  await wait(seconds * 1_000);
  const heard = await report(pair);
  const after = await measure(pair);
  await wait(seconds * 500);
  const later = await measure(pair);
  const mb = ({ rss }: Measured) => (rss / kib / kib).toFixed(0);
  say(
    `  ${stalled ? 'one in ten stalled' : 'all read          '}: p50 ${heard.p50Ms.toFixed(0)} ms, ` +
      `p99 ${heard.p99Ms.toFixed(0)} ms; ${(heard.bytes / 1e6 / seconds).toFixed(0)} MB/s; ` +
      `server ${((after.cpuMs - before.cpuMs) / (seconds + settleMs / 1_000) / 10).toFixed(0)} % of a core; ` +
      `told ${((after.told - before.told) / (seconds + settleMs / 1_000)).toFixed(0)}/s; ` +
      `${heard.gaps} gaps; behind ${after.behind}; RSS ${mb(before)}, ${mb(after)}, ${mb(later)} MiB; ` +
      `cut off ${later.tooSlow}`,
  );
  await stop(pair);
  return heard.p99Ms;
}

const late = setTimeout(() => {
  cleanUp();
  process.exit(1);
}, allMsMax).unref();
try {
  const crowd = Number(values.crowd);
  const perSecond = Number(values['fixes-per-second']);
  const seconds = Number(values.seconds);
  if (values.only !== 'flood') await crowdInMemory(Number(values.watchers));
  if (values.only !== 'memory') {
    say(`${crowd} watchers of everything, ${perSecond} fixes/s from 100 vehicles`);
    const given = { watchers: crowd, perSecond, seconds };
    const alone = await flood({ ...given, stalled: 0 });
    const together = await flood({ ...given, stalled: 1 });
    say(`  p99 with stalled ones: ${(together / alone).toFixed(2)} of that without`);
  }
} finally {
  clearTimeout(late);
  cleanUp();
}
