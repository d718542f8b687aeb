import type { catalogAuditStore, ReservedOrder } from './catalog/audit-store.ts';
import type { ConfirmedOrder, orderAuditStore } from './orders/audit-store.ts';
import { numberText } from './orders/order-row.ts';
import { violationsMax, type Violation } from './platform/audit.ts';

type Stores = {
  catalog: ReturnType<typeof catalogAuditStore>;
  orders: ReturnType<typeof orderAuditStore>;
};
type Checked = { checked: number; violations: Violation[] };
type Line = { productId?: unknown; quantity?: unknown; unitPriceCents?: unknown };

const pageRows = 5_000;
const newestMax = 5;
const beforeAllIds = '00000000-0000-0000-0000-000000000000';

/**
 * X1: each confirmed order has its stock. Orders are read first, so their reservations must be
 * there; where they are not as they should be, the order must have been closed meanwhile.
 */
export async function ordersHaveStock({ catalog, orders }: Stores): Promise<Checked> {
  const violations: Violation[] = [];
  const checked = await eachConfirmed(orders, async (page) => {
    const found = await catalog.reservationsOf(page.map(({ id }) => id));
    const reservations = new Map(found.map((one) => [one.orderId, one]));
    const odd = page.flatMap((order) => {
      const flaw = flawOf(order, reservations.get(order.id));
      return flaw === undefined
        ? []
        : [{ id: order.id, detail: `${numberText(order.number)} ${flaw}` }];
    });
    const standings = await orders.standingsOf(odd.map(({ id }) => id));
    const confirmed = new Set(standings.filter(({ status }) => status === 'C').map(({ id }) => id));
    violations.push(
      ...odd
        .filter(({ id }) => confirmed.has(id))
        .map(({ id, detail }) => ({ invariant: 'X1', subject: `order ${id}`, detail })),
    );
    return violations.length < violationsMax;
  });
  return { checked, violations: violations.slice(0, violationsMax) };
}

/**
 * X2: stock that is reserved, and waits for no verdict, belongs to a confirmed order. Reservations are
 * read first; where the order was closed, the news of it may still be under way, and where the
 * reservation has ended since, it has arrived.
 */
export async function stockHasOrders({ catalog, orders }: Stores): Promise<Checked> {
  const violations: Violation[] = [];
  let checked = 0;
  let ids = await catalog.settledAfter(beforeAllIds, pageRows);
  while (ids.length > 0 && violations.length < violationsMax) {
    checked += ids.length;
    // oxlint-disable-next-line no-await-in-loop -- page by page, and first the one, then the other
    violations.push(...(await strayReservations({ catalog, orders }, ids)));
    // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
    ids = await catalog.settledAfter(ids.at(-1) ?? '', pageRows);
  }
  return { checked, violations: violations.slice(0, violationsMax) };
}

async function strayReservations({ catalog, orders }: Stores, ids: string[]): Promise<Violation[]> {
  const standings = new Map((await orders.standingsOf(ids)).map((one) => [one.id, one]));
  const odd = ids.filter((id) => {
    const { status = '-', isNews = false } = standings.get(id) ?? {};
    return status !== 'C' && !isNews;
  });
  if (odd.length === 0) return [];
  const still = (await catalog.reservationsOf(odd)).filter(({ state }) => state === 'A');
  return still.map(({ orderId, lines }) => {
    const status = standings.get(orderId)?.status;
    const order = status === undefined ? 'there is no such order' : `the order is ${status}`;
    const detail = `reserves ${textsOf(lines).join(', ')}; ${order}`;
    return { invariant: 'X2', subject: `order ${orderId}`, detail };
  });
}

/** X3: all that is reserved for orders is what confirmed ones want; only while nothing happens. */
export async function ordersMatchReserved({ catalog, orders }: Stores): Promise<Checked> {
  const wanted = new Map<string, { quantity: number; newest: string[] }>();
  await eachConfirmed(orders, async (page) => {
    for (const { id, lines } of page) addLines(wanted, id, linesIn(lines));
    return true;
  });
  const reserved = new Map(
    (await catalog.reservedForOrders()).map(({ productId, quantity }) => [productId, quantity]),
  );
  const products = [...new Set([...wanted.keys(), ...reserved.keys()])];
  const violations = products.flatMap((productId) => {
    const { quantity = 0, newest = [] } = wanted.get(productId) ?? {};
    const held = reserved.get(productId) ?? 0;
    if (quantity === held) return [];
    const detail = `confirmed orders want ${quantity}, reserved for orders ${held}; newest: ${
      newest.map((id) => `order ${id}`).join(', ') || 'none'
    }`;
    return [{ invariant: 'X3', subject: `product ${productId}`, detail }];
  });
  return { checked: products.length, violations: violations.slice(0, violationsMax) };
}

function addLines(
  wanted: Map<string, { quantity: number; newest: string[] }>,
  id: string,
  lines: readonly Line[],
): void {
  for (const line of lines) {
    const productId = String(line.productId);
    const { quantity, newest } = wanted.get(productId) ?? { quantity: 0, newest: [] };
    wanted.set(productId, {
      quantity: quantity + Number(line.quantity),
      newest: [id, ...newest].slice(0, newestMax),
    });
  }
}

/** Gives page after page of confirmed orders to `look`, until it has seen enough; says how many. */
async function eachConfirmed(
  orders: Stores['orders'],
  look: (page: ConfirmedOrder[]) => Promise<boolean>,
): Promise<number> {
  let seen = 0;
  let page = await orders.confirmedAfter(0, pageRows);
  while (page.length > 0) {
    seen += page.length;
    // oxlint-disable-next-line no-await-in-loop -- page by page, and first the one, then the other
    const goesOn = await look(page);
    // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
    page = goesOn ? await orders.confirmedAfter(page.at(-1)?.number ?? 0, pageRows) : [];
  }
  return seen;
}

/** What is wrong with the reservation of a confirmed order, if anything. */
function flawOf(order: ConfirmedOrder, reservation?: ReservedOrder): string | undefined {
  const ordered = textsOf(linesIn(order.lines)).join(', ');
  if (!reservation) return `wants ${ordered}; has no reservation`;
  if (reservation.state === 'R') return `wants ${ordered}; its stock was given back`;
  if (reservation.state === 'S') return `wants ${ordered}; its stock has left, and it is confirmed`;
  const reserved = textsOf(reservation.lines).join(', ');
  if (ordered !== reserved) return `wants ${ordered}; reserved ${reserved}`;
  const cents = reservation.lines.reduce(
    (sum, { quantity, unitPriceCents }) => sum + quantity * unitPriceCents,
    0,
  );
  return cents === order.totalCents
    ? undefined
    : `costs ${order.totalCents}; reserved for ${cents}: ${reserved}`;
}

/** What is no line has no product either, and is told as such. */
function linesIn(lines: unknown): Line[] {
  return Array.isArray(lines) ? lines.map((line: Line | null) => line ?? {}) : [];
}

function textsOf(lines: readonly Line[]): string[] {
  return lines
    .map(
      ({ productId, quantity, unitPriceCents }) =>
        `${String(quantity)} × ${String(productId)} at ${String(unitPriceCents)}`,
    )
    .toSorted();
}
