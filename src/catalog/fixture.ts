import { randomUUID } from 'node:crypto';
import type { Violation } from '../platform/audit.ts';
import { createCursors } from '../platform/cursor.ts';
import { createMetrics } from '../platform/metrics.ts';
import { callByStaff } from '../testing/call.ts';
import { freshDatabase, silent } from '../testing/database.ts';
import type { Product } from './api.ts';
import { createCatalog } from './catalog.ts';
import { auditCatalog } from './invariants.ts';

const plainProduct = { title: 'A thing', topic: 'things', unitPriceCents: 100, quantity: 10 };

const restockSlowly = {
  name: 'restockSlowly',
  text: `with s as (
      update catalog.stock set available = available + $2::bigint, ver = ver + 1
      where sku = (select sku from catalog.products where id = $1::text)
      returning *)
    insert into catalog.stock_moves (move_id, sku, delta, reason, available_after, fp, at)
    select gen_random_uuid(), sku, $2::bigint, 'restock', available, '', now() from s`,
};

const someoneWaits = {
  name: 'someoneWaits',
  text: `select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`,
};

/** For tests: a catalog on a fresh database, and short ways to what most of them begin with. */
export async function freshCatalog() {
  const database = await freshDatabase('catalog');
  const catalog = createCatalog({
    database,
    cursors: createCursors('a secret of the test'),
    now: () => new Date(),
    log: silent,
    metrics: createMetrics(),
  });

  type NewProduct = Parameters<typeof catalog.createProduct>[0];
  const addProduct = (fields: Partial<NewProduct> = {}): Promise<Product> =>
    catalog.createProduct(
      { ...plainProduct, idempotencyKey: randomUUID(), ...fields },
      callByStaff(),
    );

  /** Audits again and again until the work is done, and gives what both have found. */
  async function auditDuring<T>(work: Promise<T>): Promise<{ result: T; violations: Violation[] }> {
    let done = false;
    const finished = work.finally(() => {
      done = true;
    });
    async function audit(before: Violation[]): Promise<Violation[]> {
      const violations = [...before, ...(await auditCatalog(database))];
      return done ? violations : audit(violations);
    }
    const [result, violations] = await Promise.all([finished, audit([])]);
    return { result, violations };
  }

  /**
   * Begins the work while somebody else has changed the stock of a product and not yet committed,
   * so that the work waits for the row and finds another one than it had seen.
   */
  async function behindRestock<T>(id: string, delta: number, work: () => Promise<T>): Promise<T> {
    const { started } = await database.transaction(async (transaction) => {
      await transaction.rows(restockSlowly, [id, delta]);
      const promise = work();
      // It may be refused before anybody can ask: as soon as this transaction ends.
      promise.catch(() => undefined);
      await untilBlocked();
      // Wrapped, because the work can only end after this transaction.
      return { started: promise };
    });
    return started;
  }

  /** Until somebody waits for a lock. */
  async function untilBlocked(): Promise<void> {
    const [row] = await database.rows(someoneWaits);
    if (!row) await untilBlocked();
  }

  return { database, catalog, addProduct, auditDuring, behindRestock, untilBlocked };
}

/** For tests: how many of these came out well, and what the others were refused for. */
export function outcomes(
  results: readonly PromiseSettledResult<unknown>[],
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const result of results) {
    const name = result.status === 'fulfilled' ? 'ok' : (result.reason as { code: string }).code;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** For tests: `count` pieces of work begun at once. */
export function atOnce<T>(count: number, work: (i: number) => Promise<T>): Promise<T>[] {
  return Array.from({ length: count }, (_, i) => work(i));
}
