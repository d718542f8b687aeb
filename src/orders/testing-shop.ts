import { randomUUID } from 'node:crypto';
import { createCatalog } from '../catalog/catalog.ts';
import { sweep } from '../catalog/sweeper.ts';
import type { Bus } from '../platform/bus.ts';
import { createBus } from '../platform/bus-here.ts';
import type { Call } from '../platform/call.ts';
import { createCursors } from '../platform/cursor.ts';
import { openDatabase, type Database } from '../platform/database.ts';
import { createMetrics } from '../platform/metrics.ts';
import { callBy, callByStaff, callByUser } from '../testing/call.ts';
import { beforeDrop, freshDatabase, silent } from '../testing/database.ts';
import { orderIdOf } from './ids.ts';
import { createOrders } from './orders.ts';
import type { OrdersParts, Users } from './parts.ts';
import { openRelay } from './relay.ts';
import type { Order } from './shapes.ts';
import { contradictionsIn } from './testing-books.ts';
import { catalogAround, databaseAround, type Arounds } from './testing-faults.ts';

type Wish = { lines: Record<string, number>; userId?: string; key?: string };
/** What a client is told of an order. */
export type Told = { order: Order; text: string; status: number; replayed: boolean };
export type Replica = ReturnType<Awaited<ReturnType<typeof freshShop>>['replica']>;
export type Shop = Awaited<ReturnType<typeof freshShop>>;

export const linesOf = (lines: Record<string, number>) =>
  Object.entries(lines).map(([productId, quantity]) => ({ productId, quantity }));

/** Users in which everybody has an account. */
export const everybody: Users['getUsers'] = async ({ ids }) => ({ users: ids.map(active) });

/** For tests: two replicas of orders and two of catalog, each with pools of its own. */
export async function freshShop() {
  const [orders, catalog] = await Promise.all([freshDatabase('orders'), freshDatabase('catalog')]);
  const metrics = createMetrics();
  const otherPool = (service: string, url: string): Database => {
    const pool = openDatabase({ service, url, connectionsMax: 4, log: silent, metrics });
    beforeDrop(url, pool.close);
    return pool;
  };
  const pools = [
    { orders, catalog },
    { orders: otherPool('orders', orders.url), catalog: otherPool('catalog', catalog.url) },
  ] as const;
  const common = { cursors: createCursors('a secret of the test'), log: silent, metrics };
  const now = () => new Date();
  const catalogOf = (n: 0 | 1) => createCatalog({ database: pools[n].catalog, now, ...common });
  const catalogs = [catalogOf(0), catalogOf(1)] as const;

  /** A replica that has just started, with whatever is to happen to it. */
  function replica(n: 0 | 1, arounds: Arounds = {}, changes: Partial<OrdersParts> = {}) {
    const parts: OrdersParts = {
      database: databaseAround(pools[n].orders, arounds),
      users: { getUsers: everybody },
      catalog: catalogAround(catalogs[n], arounds),
      currency: 'EUR',
      onOutbox: () => undefined,
      now,
      ...common,
      ...changes,
    };
    const service = createOrders(parts);

    async function place(wish: Wish, call?: Call): Promise<Told> {
      const by = call ?? callByUser(wish.userId ?? randomUUID());
      const lines = linesOf(wish.lines);
      const key = wish.key !== undefined && { idempotencyKey: wish.key };
      const order = await service.placeOrder({ lines, ...key }, by);
      const { status = 201, replayed = false } = by.answer;
      return { order, text: JSON.stringify(order), status, replayed };
    }

    return {
      ...service,
      parts,
      place,
      cancel: ({ id }: { id: string }) => service.cancelOrder({ id }, callByStaff()),
      fulfil: ({ id }: { id: string }) => service.fulfilOrder({ id }, callByStaff()),
      abort: (userId: string, key: string) => service.abortOrder({ key }, callByUser(userId)),
      /** One round of the sweeper in which every hold is old; `true` says that more is waiting. */
      sweep: (holdSeconds = 0) =>
        sweep({
          catalog: { ...catalogs[n], ...parts.catalog },
          orders: service,
          holdSeconds,
          log: silent,
        }),
      /** One round of the relay; what it throws is swallowed, as it would be. */
      relay: (bus: Bus = createBus()) => openRelay({ ...parts, bus }).close(),
    };
  }

  const healer = replica(0);
  // What nobody listens to is not told at once.
  const listened = createBus();
  listened.subscribe('orders', () => undefined);

  async function addProduct(quantity: number, unitPriceCents = 100): Promise<string> {
    const product = { title: 'A thing', topic: 'things', unitPriceCents, quantity };
    const made = { idempotencyKey: randomUUID(), ...product };
    return (await catalogs[0].createProduct(made, callByStaff())).id;
  }

  /** An order of three, by somebody, of a product of which there are ten. */
  async function threeOfTen() {
    const product = await addProduct(10);
    const [userId, key] = [randomUUID(), 'a key'];
    const wish = { userId, key, lines: { [product]: 3 } };
    return { product, userId, key, wish, id: orderIdOf(userId, key) };
  }

  async function restock(id: string, delta: number): Promise<void> {
    const move = { id, delta, reason: 'restock' as const, idempotencyKey: randomUUID() };
    await catalogs[0].addStockMove(move, callByStaff());
  }

  /** What is available of a product, and what is reserved. */
  async function stockOf(id: string): Promise<number[]> {
    const { available, reserved } = await catalogs[0].getProduct({ id }, callBy());
    return [available, reserved];
  }

  const batchesOnHold = async (): Promise<string[]> => {
    const all = { olderThanSeconds: 0, limit: 200 };
    const { holds } = await catalogs[0].oldHolds(all, callBy({ kind: 'service', name: 'tests' }));
    return holds.map(({ batchId }) => batchId);
  };

  /** Until nothing is on hold and nothing is untold, which does not take long unless something is stuck. */
  async function heal(roundsLeft = 50): Promise<void> {
    const held = await batchesOnHold();
    const news = await orders.rows({ name: 'news', text: 'select from orders.outbox limit 1' });
    if (held.length === 0 && news.length === 0) return undefined;
    if (roundsLeft === 0) throw new Error(`Still on hold or untold: ${held.join(' ')}`);
    if (held.length > 0) await healer.sweep();
    if (news.length > 0) await healer.relay(listened);
    return heal(roundsLeft - 1);
  }

  /** Heals, and gives whatever does not add up then. */
  async function contradictions(): Promise<string[]> {
    await heal();
    return contradictionsIn({ orders, catalog });
  }

  return {
    ...{ orders, catalog, catalogs, metrics, replica, addProduct, threeOfTen, restock, stockOf },
    ...{ batchesOnHold, heal, contradictions },
  };
}

export function active(id: string) {
  return { id, number: 1, username: 'somebody', role: 'customer' as const, disabled: false };
}
