import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { auditShop } from './audit.ts';
import { freshOrderStock, orderOf } from './catalog/testing-orders.ts';
import { freshOrders } from './orders/fixture.ts';
import type { Violation } from './platform/audit.ts';
import type { Database } from './platform/database.ts';

const holdSeconds = 30;

export const change = (database: Database, text: string) =>
  database.rows({ name: randomUUID(), text });

/** For tests: catalog and orders, each with a database of its own, and orders in both that agree. */
export async function openShop() {
  const stock = await freshOrderStock();
  const orders = await freshOrders();

  /** Reserves for an order of these products and writes it down, as placing one does. */
  async function place(lines: Record<string, number>) {
    const wanted = orderOf(lines);
    const batchId = randomUUID();
    const [reservation] = await stock.reserve([wanted], { batchId });
    assert.ok(reservation?.outcome === 'reserved');
    const order = await orders.addOrder({
      id: wanted.orderId,
      fp: Buffer.from(wanted.fp, 'hex'),
      lines: reservation.lines,
      totalCents: reservation.totalCents,
    });
    await stock.settle([batchId]);
    return order;
  }

  const audit = (quiesced = true) =>
    auditShop({ catalog: stock.database, orders: orders.database, holdSeconds, quiesced });

  /** What is found about these, by rule. */
  async function found(...names: string[]): Promise<Violation[]> {
    const violations = (await audit()).flatMap((finding) => finding.violations);
    return violations.filter(({ subject, detail }) =>
      names.some((name) => `${subject} ${detail}`.includes(name)),
    );
  }

  return {
    found,
    ...stock,
    addOrder: orders.addOrder,
    place,
    ...closing(stock, orders.database),
    audit,
    ordersDatabase: orders.database,
  };
}

/** Ends of orders, and the news of them. */
function closing(stock: Awaited<ReturnType<typeof freshOrderStock>>, database: Database) {
  const forget = (id: string) =>
    change(database, `delete from orders.outbox where order_ids = array['${id}'::uuid]`);

  /** Cancels (X) or fulfils (F) an order; the news waits in the outbox until the answer is called. */
  async function close(id: string, status: 'X' | 'F') {
    const kind = status === 'X' ? 'cancelled' : 'fulfilled';
    await change(
      database,
      `with closed as (
         update orders.orders set status = '${status}', closed_at = now() where id = '${id}'
         returning id
       )
       insert into orders.outbox (kind, order_ids, at)
       select '${kind}', array[id], now() from closed`,
    );
    return async (): Promise<void> => {
      await (status === 'X' ? stock.release(id) : stock.ship(id));
      await forget(id);
    };
  }
  return { close, forget };
}
