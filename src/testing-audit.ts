import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { auditShop } from './audit.ts';
import { freshOrderStock, orderOf } from './catalog/testing-orders.ts';
import { freshOrders } from './orders/fixture.ts';
import type { Violation } from './platform/audit.ts';
import type { Database } from './platform/database.ts';

const holdSeconds = 30;

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
    await stock.settle([batchId]);
    return orders.addOrder({
      id: wanted.orderId,
      fp: Buffer.from(wanted.fp, 'hex'),
      lines: reservation.lines,
      totalCents: reservation.totalCents,
    });
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
    audit,
    ordersDatabase: orders.database,
  };
}

export const change = (database: Database, text: string) =>
  database.rows({ name: randomUUID(), text });
