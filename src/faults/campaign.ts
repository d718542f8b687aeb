import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../postgres/wait.ts';
import { place } from './asking.ts';
import { openBooks, type Books } from './books.ts';
import { checkHistory, type Violation } from './check-history.ts';
import { runClients } from './clients.ts';
import { openHistory, type History } from './history.ts';
import { heal, runNemesis } from './nemesis.ts';
import type { Node } from './node.ts';
import { planFaults, planLateVerdicts } from './plan.ts';
import { seeded } from './random.ts';
import type { Report } from './report.ts';
import { openAsk, openShop, type Shop } from './shop.ts';
import { holdSeconds, openWorld, type World } from './world.ts';

export type Campaign = {
  seed: number;
  seconds: number;
  /** Where the history and the logs go. */
  folder: string;
  /** The change of the code that is to be caught: then only what catches it is done, and no more. */
  mutant?: string | undefined;
  /** Ends it early. */
  signal?: AbortSignal;
};

const tailAnswersMin = 5;
const answersMsMax = 30_000;
const clientsMsMax = 60_000;
const quietMsMax = 3 * holdSeconds * 1_000 + 10_000;
const liveCheckMs = 2_000;

type Run = Campaign & {
  world: World;
  shop: Shop;
  history: History;
  books: Books;
  movesBefore: ReadonlySet<string>;
  violations: Violation[];
  /** The faults are over: for their time, by a signal, or since what was looked for is found. */
  faultsOver: AbortController;
  clientsOver: AbortController;
};

/** Hurts a Bazar of six processes for a time, mends it, and says what was found. */
export async function runCampaign(campaign: Campaign): Promise<Report> {
  const { seed, folder, mutant, signal } = campaign;
  const closers: (() => Promise<unknown>)[] = [];
  const opened = (close: () => Promise<unknown>): void => void closers.push(close);
  try {
    await mkdir(folder, { recursive: true });
    const world = await openWorld({ folder, random: seeded(seed + 1), mutant, opened });
    signal?.throwIfAborted();
    const books = openBooks(world.databaseUrls, opened);
    const history = openHistory(join(folder, 'history.jsonl'));
    opened(history.close);
    const shop = await openShop(openAsk(world.gatewayUrl, opened));
    const movesBefore = new Set((await books.facts()).moves.map(({ id }) => id));
    const [faultsOver, clientsOver] = [new AbortController(), new AbortController()];
    signal?.addEventListener('abort', () => faultsOver.abort());
    const parts = { world, shop, history, books, movesBefore, faultsOver, clientsOver };
    return await run({ ...campaign, ...parts, violations: [] });
  } finally {
    for (const close of closers.toReversed()) {
      // oxlint-disable-next-line no-await-in-loop -- what was opened later needs what came before
      await close().catch(() => undefined);
    }
  }
}

async function run(parts: Run): Promise<Report> {
  const { seed, seconds, mutant, world, history, violations, faultsOver, clientsOver } = parts;
  const clients = runClients({ ...parts, stop: clientsOver.signal });
  const watching = watchBooks(parts);
  const plan = mutant ? planLateVerdicts(seconds) : planFaults(seed, seconds);
  const faults = await runNemesis({ world, plan, history, stop: faultsOver.signal });
  const isEarly = faultsOver.signal.aborted;
  faultsOver.abort();
  await watching;
  const times = isEarly ? { healMs: 0, quietMs: 0 } : await recover(parts, clients);
  clientsOver.abort();
  if (!isEarly) violations.push(...(await checkAll(parts)));
  const nodes = [...world.nodes.values()];
  return {
    seed,
    seconds,
    attempts: history.attempts,
    faults,
    hits: nodes.flatMap(({ hits }) => hits),
    starts: nodes.reduce((sum, { starts }) => sum + starts(), 0),
    violations,
    isEarly,
    ...times,
  };
}

/** Looks every other moment whether the books add up, while everything moves. */
async function watchBooks({ books, violations, faultsOver, mutant }: Run): Promise<void> {
  const { signal } = faultsOver;
  while (!signal.aborted) {
    // oxlint-disable-next-line no-await-in-loop -- one look after the other
    await sleep(liveCheckMs, undefined, { signal }).catch(() => undefined);
    // A database that is being started again says nothing.
    // oxlint-disable-next-line no-await-in-loop -- as above
    violations.push(...(await books.checkLive().catch(() => [])));
    if (mutant && violations.length > 0) faultsOver.abort();
  }
}

/** Mends everything, and measures how long it takes until all is as if nothing had been. */
async function recover(parts: Run, clients: Promise<void>) {
  const { world, books, violations, clientsOver } = parts;
  const isLate = (detail: string): void =>
    void violations.push({ checker: 'liveness', subject: 'after the faults', detail });
  const startedMs = performance.now();
  if (!(await heal(world))) isLate('a process does not serve');
  if (!(await placeSome(parts))) isLate('orders cannot be placed');
  const healMs = performance.now() - startedMs;
  clientsOver.abort();
  const tooLong = sleep(clientsMsMax, false, { ref: false });
  const areDone = await Promise.race([clients.then(() => true), tooLong]);
  if (!areDone) isLate('a client gets no answer');
  const stoppedMs = performance.now();
  let left: string | undefined = 'nobody knows what is left';
  const isQuiet = async () => {
    left = await books.pending().catch(() => left);
    return left === undefined || undefined;
  };
  if (!(await until(isQuiet, quietMsMax))) isLate(left);
  return { healMs, quietMs: performance.now() - stoppedMs };
}

async function placeSome({ shop, history }: Run): Promise<boolean> {
  const client = { name: 'tail', lives: 0, history, ask: shop.ask };
  const [who, ware] = [shop.customers[0], shop.wares.find(({ isScarce }) => !isScarce)];
  if (!who || !ware) return false;
  let placed = 0;
  const tryOne = async () => {
    const lines = [{ productId: ware.id, quantity: 1 }];
    const { type } = await place(client, { who, key: crypto.randomUUID(), lines });
    placed = type === 'ok' ? placed + 1 : 0;
    return placed >= tailAnswersMin || undefined;
  };
  return (await until(tryOne, answersMsMax)) === true;
}

async function checkAll({ world, books, movesBefore, history, shop }: Run): Promise<Violation[]> {
  const { attempts } = history;
  const facts = await books.facts();
  const nodes = [...world.nodes.values()];
  return [
    ...checkHistory({ attempts, orders: facts.orders }),
    ...books.check(facts, { attempts, movesBefore }),
    ...(await books.audit()),
    ...(await books.checkLists(facts, shop)),
    ...nodes.flatMap(faultsOfNode),
  ];
}

/** Nobody but us ends a process, and none has reason to complain. */
function faultsOfNode({ name, ended, complaints }: Node): Violation[] {
  const died = ended.filter(({ wasServing }) => wasServing).map(({ how }) => `ended by ${how}`);
  return [...died, ...complaints].map((detail) => ({ checker: 'process', subject: name, detail }));
}
