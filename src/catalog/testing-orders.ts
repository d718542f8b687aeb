import { randomBytes, randomUUID } from 'node:crypto';
import { callBy } from '../testing/call.ts';
import { freshCatalog } from './fixture.ts';
import type { OrderToReserve, Reservation } from './order-stock-shapes.ts';

type Lines = OrderToReserve['lines'];
type Batch = { batchId?: string; settled?: string[] };

export const byOrders = () => callBy({ kind: 'service', name: 'orders' });

/** For tests: an order of these products, new unless it says otherwise. */
export function orderOf(lines: Record<string, number>, fields: Partial<OrderToReserve> = {}) {
  const list: Lines = Object.entries(lines).map(([productId, quantity]) => ({
    productId,
    quantity,
  }));
  const fp = randomBytes(16).toString('hex');
  return { orderId: randomUUID(), fp, lines: list, ...fields };
}

/** For tests: a catalog on a fresh database, as orders sees it. */
export async function freshOrderStock() {
  const fixture = await freshCatalog();
  const { catalog, database } = fixture;

  const reserve = async (
    orders: OrderToReserve[],
    { batchId = randomUUID(), settled = [] }: Batch = {},
  ): Promise<Reservation[]> =>
    (await catalog.reserve({ batchId, settled, orders }, byOrders())).results;

  const settle = async (batchIds: string[], releaseIds: string[] = []) =>
    (await catalog.settle({ batchIds, releaseIds }, byOrders())).released;
  const release = async (...orderIds: string[]) =>
    (await catalog.releaseOrders({ orderIds }, byOrders())).released;
  const ship = async (...orderIds: string[]) =>
    (await catalog.shipOrders({ orderIds }, byOrders())).shipped;
  const holds = async (olderThanSeconds = 0) =>
    (await catalog.oldHolds({ olderThanSeconds, limit: 200 }, byOrders())).holds;

  /** What is available of a product, and what is reserved. */
  async function stockOf({ id }: { id: string }): Promise<number[]> {
    const { available, reserved } = await catalog.getProduct({ id }, callBy());
    return [available, reserved];
  }

  /** Many products at once, with nothing but what orders need; their ids count from 1. */
  async function addMany(prefix: string, count: number, quantity: number): Promise<string[]> {
    const text = `with p as (
        insert into catalog.products (id, title, title_key, topic, topic_key, description, version,
          created_at, updated_at)
        select $1::text || n, 'A thing', 'a thing', 't', 't', '', 1, now(), now()
        from generate_series(1, $2::int) n returning sku
      ), s as (
        insert into catalog.stock (sku, available, reserved, price_cents, ver, updated_at)
        select sku, $3::bigint, 0, 100, 1, now() from p
      )
      insert into catalog.stock_moves (move_id, sku, delta, reason, available_after, fp, at)
      select gen_random_uuid(), sku, $3::bigint, 'seed', $3::bigint, '', now() from p`;
    await database.rows({ name: 'addMany', text }, [prefix, count, quantity]);
    return Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`);
  }

  return { ...fixture, reserve, settle, release, ship, holds, stockOf, addMany };
}

/** For tests: how many orders came out how. */
export function outcomeCounts(results: readonly Reservation[]): Record<string, number> {
  const groups = Map.groupBy(results, ({ outcome }) => outcome);
  return Object.fromEntries([...groups].map(([outcome, { length }]) => [outcome, length]));
}
