import { setTimeout as sleep } from 'node:timers/promises';
import { abort, isFinal, list, place, restock, touch, type Client, type Line } from './asking.ts';
import type { History, Result } from './history.ts';
import { between, intBetween, pick, seeded, type Random } from './random.ts';
import type { Person, Shop } from './shop.ts';

type Parts = {
  shop: Shop;
  history: History;
  seed: number;
  stop: AbortSignal;
  /** How long a client rests at most between two things. */
  restMsMax?: number;
};
type Known = { id: string; who: Person };
type Busy = Parts & { client: Client; random: Random; known: Known[] };

export const clientsCount = 24;
const triesMax = 12;
const knownMax = 400;
/** Far from what the machine can do, so that what is slow is slow because of a fault. */
const restMsUsual = 60;

/** Runs all clients until they are told to stop, and then until each knows what it has done. */
export async function runClients(parts: Parts): Promise<void> {
  const known: Known[] = [];
  const { history, shop } = parts;
  const run = (i: number) => {
    const client = { name: `c${i}`, lives: 0, history, ask: shop.ask };
    return runClient({ ...parts, client, random: seeded(parts.seed * 1_000 + i), known });
  };
  await Promise.all(Array.from({ length: clientsCount }, (_, i) => run(i)));
}

async function runClient(busy: Busy): Promise<void> {
  while (!busy.stop.aborted) {
    // oxlint-disable-next-line no-await-in-loop -- a client does one thing after the other
    await act(busy);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await sleep(between(busy.random, 0, busy.restMsMax ?? restMsUsual));
  }
}

function act(busy: Busy): Promise<unknown> {
  const { random, client, shop, known } = busy;
  const dice = random();
  if (dice < 0.05) return supply(busy);
  if (dice < 0.1) return list(client, pick(random, shop.customers));
  const one = known.length > 0 ? pick(random, known) : undefined;
  if (!one || dice < 0.62) return order(busy);
  if (dice < 0.75) return touch(client, { ...one, f: 'get' });
  if (dice < 0.9) return insist(busy, () => touch(client, { ...one, f: 'cancel' }));
  const fulfil = () => touch(client, { f: 'fulfil', id: one.id, who: shop.staff });
  if (dice < 0.96) return insist(busy, fulfil);
  // Both at once: one of them comes first.
  return Promise.all([
    insist(busy, () => touch(client, { ...one, f: 'cancel' })),
    insist(busy, () => touch(twin(client), { f: 'fulfil', id: one.id, who: shop.staff })),
  ]);
}

/** Places an order, and does not rest until it is known what became of it, or seldom gives up. */
async function order(busy: Busy): Promise<void> {
  const { client, random, shop } = busy;
  const who = pick(random, shop.customers);
  const wish = { who, key: crypto.randomUUID(), lines: someLines(busy) };
  const first = Array.from({ length: random() < 0.1 ? 3 : 1 }, (_, i) =>
    place(i === 0 ? client : twin(client), wish),
  );
  const results = await Promise.all(first);
  if (random() < 0.05) await place(client, { ...wish, lines: someLines(busy) }, 'placeOther');
  for (let tries = 0; tries < triesMax && !results.some(isFinal); tries += 1) {
    if (random() < 0.02) return;
    // oxlint-disable-next-line no-await-in-loop -- again, after a while
    await sleep(between(random, 0, 50 * 2 ** Math.min(tries, 4)));
    const again = random() < 0.15 ? abort(client, wish) : place(client, wish);
    // oxlint-disable-next-line no-await-in-loop -- as above
    results.push(await again);
  }
  remember(busy, who, results);
  if (random() < 0.1) await place(client, wish);
  if (random() < 0.03) await abort(client, wish);
}

function remember({ known, random }: Busy, who: Person, results: readonly Result[]): void {
  const seen = results.flatMap((result) => result.seen ?? []);
  if (!seen[0]) return;
  if (known.length < knownMax) known.push({ id: seen[0].id, who });
  else known[intBetween(random, 0, knownMax - 1)] = { id: seen[0].id, who };
}

function supply(busy: Busy): Promise<unknown> {
  const { client, random, shop } = busy;
  const { id } = pick(
    random,
    shop.wares.filter(({ isScarce }) => isScarce),
  );
  const move = { key: crypto.randomUUID(), productId: id, delta: intBetween(random, 1, 5) };
  return insist(busy, () => restock(client, { ...move, who: shop.staff }));
}

/** Asks again until it is known. */
async function insist({ random }: Busy, ask: () => Promise<Result>): Promise<void> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one try after the other
    const { type, code } = await ask();
    if (type === 'ok' || (type === 'fail' && code !== 'unauthorized')) return;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await sleep(between(random, 0, 50 * 2 ** Math.min(tries, 4)));
  }
}

/** One to three lines; every other order wants something that there is little of. */
function someLines({ random, shop }: Busy): Line[] {
  const wares = random() < 0.5 ? shop.wares : shop.wares.filter(({ isScarce }) => !isScarce);
  return Array.from({ length: intBetween(random, 1, 3) }, () => {
    const { id, quantityMax } = pick(random, wares);
    return { productId: id, quantity: intBetween(random, 1, quantityMax) };
  });
}

/** Another hand of the same client, for what is done at the same time. */
function twin(client: Client): Client {
  client.lives += 1;
  return { ...client, name: `${client.name}-${client.lives}`, lives: 0 };
}
