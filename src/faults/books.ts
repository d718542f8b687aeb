import { pino } from 'pino';
import { auditShop } from '../audit.ts';
import type { Order } from '../orders/shapes.ts';
import { openDatabase } from '../platform/database.ts';
import { createMetrics } from '../platform/metrics.ts';
import { checkBooks, checkLive, readFacts, type Asked, type Facts } from './check-books.ts';
import type { Violation } from './check-history.ts';
import { factsStore } from './facts-store.ts';
import type { Ask, Person, Shop } from './shop.ts';
import { holdSeconds } from './world.ts';

export type Books = {
  /** What may be asked at any time. */
  checkLive: () => Promise<Violation[]>;
  /** What waits for a verdict, or is not told: in words, and nothing if there is nothing. */
  pending: () => Promise<string | undefined>;
  facts: () => Promise<Facts>;
  check: (facts: Facts, asked: Asked) => Violation[];
  /** What Bazar itself finds wrong. */
  audit: () => Promise<Violation[]>;
  /** What customers see of their orders, against what there is. */
  checkLists: (facts: Facts, shop: Shop) => Promise<Violation[]>;
};

/** Rules about what waits too long: faults make it wait, and clocks that are wrong make it look old. */
const byClock = new Set(['audit K2']);

type Urls = { catalog: string; orders: string };

/** The databases themselves, past all lines and processes. */
export function openBooks(urls: Urls, opened: (close: () => Promise<unknown>) => void): Books {
  const open = (service: keyof Urls) => {
    const log = pino({ level: 'silent' });
    const options = { service, url: urls[service], connectionsMax: 2, log };
    const database = openDatabase({ ...options, metrics: createMetrics() });
    opened(database.close);
    return database;
  };
  const databases = { catalog: open('catalog'), orders: open('orders') };
  const store = factsStore(databases.catalog, databases.orders);

  async function audit(quiesced: boolean): Promise<Violation[]> {
    const findings = await auditShop({ ...databases, holdSeconds, quiesced });
    return findings.flatMap(({ violations }) =>
      violations.map(({ invariant, ...rest }) => ({ checker: `audit ${invariant}`, ...rest })),
    );
  }
  return {
    checkLive: async () => [
      ...(await checkLive(store)),
      ...(await audit(false)).filter(({ checker }) => !byClock.has(checker)),
    ],
    async pending() {
      const [holds, news] = await Promise.all([store.holdsLeft(), store.outboxLeft()]);
      return holds + news === 0 ? undefined : `${holds} holds and ${news} news are left`;
    },
    facts: () => readFacts(store),
    check: checkBooks,
    audit: () => audit(true),
    checkLists: async ({ orders }, { ask, customers }) => {
      const ordered = orders.filter(({ status }) => 'CXF'.includes(status));
      const found = customers.map(async (customer) => {
        const own = ordered.filter(({ userId }) => userId === customer.id);
        const shown = new Set((await listAll(ask, customer)).map(({ id }) => id));
        const ids = new Set(own.map(({ id }) => id));
        return [
          ...oddOnes(ids.difference(shown), 'is in no list of its customer'),
          ...oddOnes(shown.difference(ids), 'is in a list, and not in the books'),
        ];
      });
      return (await Promise.all(found)).flat();
    },
  };
}

function oddOnes(ids: ReadonlySet<string>, detail: string): Violation[] {
  return [...ids].map((id) => ({ checker: 'lists', subject: `order ${id}`, detail }));
}

async function listAll(ask: Ask, who: Person, cursor = ''): Promise<Order[]> {
  const answer = await ask(`GET /v1/orders?limit=100${cursor}`, { token: who.token });
  if (answer.status !== 200) throw new Error(`A list was answered ${answer.status}`);
  const { items, nextCursor } = answer.body as { items: Order[]; nextCursor?: string };
  if (nextCursor === undefined) return items;
  return [...items, ...(await listAll(ask, who, `&cursor=${encodeURIComponent(nextCursor)}`))];
}
