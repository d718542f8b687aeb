import type { FastifyInstance } from 'fastify';
import { consoleDirectory } from '../console-build.ts';
import { streamSender } from '../platform/event-stream.ts';
import { readFolder, textAs } from '../platform/files.ts';
import { servePages } from './gps-files.ts';
import type { History } from './gps-history.ts';
import type { createPush } from './gps-push.ts';
import { numberIn, type Query } from './gps-query.ts';
import type { LabParts } from './lab.ts';

const dayMs = 86_400_000;
/** Times that a date can be made of. */
const seconds = { min: 0, max: 253_402_300_799 };

const notBuilt = '<!doctype html><title>GPS</title><p>This page is not built: npm run build</p>';

/** A page of the console's build, and what it loads. */
function serveBuilt(app: FastifyInstance, page: string): void {
  const built = readFolder(consoleDirectory);
  const loaded = Object.entries(built).filter(([path]) => /^\/(?:assets\/|favicon)/.test(path));
  const shown = built[page] ?? textAs('page.html', notBuilt);
  servePages(app, { '/': shown, ...Object.fromEntries(loaded) });
}

/** The page that asks every so often. */
export function openPolling(app: FastifyInstance, history: Pick<History, 'way'>): void {
  serveBuilt(app, '/lab-poll.html');
  // What happened between two samples that the page has is not in them.
  app.get('/distance', { config: { operation: 'distance' } }, async ({ query }) => {
    const fromMs = Math.round(numberIn(query as Query, 'from', seconds) * 1_000);
    const toMs = Math.round(numberIn(query as Query, 'to', seconds) * 1_000);
    const way = await history.way(fromMs, toMs);
    return { distance_meters: way.meters, to: way.toMs / 1_000 };
  });
}

type PushParts = Pick<LabParts, 'asService'> & {
  push: ReturnType<typeof createPush>;
  /** How much of what was before it came a reader gets to see. */
  historyMs: number;
};

/** The page that is told. */
export function openPushing(app: FastifyInstance, { push, historyMs, asService }: PushParts): void {
  serveBuilt(app, '/lab-push.html');
  const send = streamSender(app);
  app.get('/events', { config: { operation: 'stream of the lab' } }, async ({ headers }, reply) => {
    const since = sinceMs(headers['last-event-id'], historyMs);
    await send(reply, asService(), Promise.try(push.open, since));
  });
}

/** From where a reader was, if that is not too long ago. */
function sinceMs(lastEventId: unknown, historyMs: number): number {
  const nowMs = Date.now();
  const lastMs = Number(/^\d{1,15}$/.exec(String(lastEventId))?.[0] ?? Number.NaN);
  return lastMs <= nowMs && lastMs >= nowMs - dayMs ? lastMs : nowMs - historyMs;
}
