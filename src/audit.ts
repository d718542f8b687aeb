import { ordersHaveStock, ordersMatchReserved, stockHasOrders } from './audit-across.ts';
import { catalogAuditStore } from './catalog/audit-store.ts';
import { auditCatalog } from './catalog/invariants.ts';
import { orderAuditStore } from './orders/audit-store.ts';
import { auditOrders } from './orders/invariants.ts';
import type { Violation } from './platform/audit.ts';
import type { Database } from './platform/database.ts';

export type Finding = {
  rule: keyof typeof meanings;
  meaning: string;
  /** How many there were to look at, and of what. */
  checked: number;
  of: string;
  violations: Violation[];
};

type Parts = {
  catalog: Database;
  orders: Database;
  holdSeconds: number;
  /** Nobody orders, cancels or ships right now, and everything has been told. */
  quiesced: boolean;
};

const meanings = {
  K1: 'stock is what the ledger and the active reservations say',
  K2: 'nothing waits too long: no batch for its verdict, no news to be told',
  O1: 'a user has one order under one key',
  O2: 'what was ordered is complete, and costs what its lines cost',
  X1: 'each confirmed order has its stock, the same lines and the same total',
  X2: 'stock that waits for no verdict is reserved for a confirmed order',
  X3: 'what is reserved of a product is what confirmed orders want of it',
};

/** Looks at everything: the rules of each service, and those that take both to check. */
export async function auditShop(parts: Parts): Promise<Finding[]> {
  const { holdSeconds, quiesced } = parts;
  const catalog = catalogAuditStore(parts.catalog);
  const orders = orderAuditStore(parts.orders);
  const stores = { catalog, orders };
  const counts = { ...(await catalog.counts()), ...(await orders.counts()) };
  const inside = Object.groupBy(
    [...(await auditCatalog(parts.catalog, holdSeconds)), ...(await auditOrders(parts.orders))],
    ({ invariant }) => invariant,
  );
  const own = (rule: keyof typeof meanings, checked: number, of: string): Finding => {
    return { rule, meaning: meanings[rule], checked, of, violations: inside[rule] ?? [] };
  };

  const x1 = await ordersHaveStock(stores);
  const x2 = await stockHasOrders(stores);
  const x3 = quiesced && (await ordersMatchReserved(stores));
  return [
    own('K1', counts.products, 'products'),
    own('K2', counts.batches + counts.news, 'batches and news'),
    own('O1', counts.keys, 'keys'),
    own('O2', counts.orders, 'orders'),
    { rule: 'X1', meaning: meanings.X1, of: 'confirmed orders', ...x1 },
    { rule: 'X2', meaning: meanings.X2, of: 'reservations', ...x2 },
    ...(x3 ? [{ rule: 'X3' as const, meaning: meanings.X3, of: 'products', ...x3 }] : []),
  ];
}

/** One line for each rule, and under it what violates it. */
export function linesOf(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ rule, meaning, checked, of, violations }) => [
    `${rule}  ${counted(violations.length)}  (${spaced(checked)} ${of})  ${meaning}`,
    ...violations.map(({ subject, detail }) => `    ${subject}: ${detail}`),
  ]);
}

function counted(count: number): string {
  return `${spaced(count)} violation${count === 1 ? '' : 's'}`;
}

/** `1 234`: so that long numbers can be read. */
function spaced(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ' ');
}
