import { merged, type Violation } from './check-history.ts';
import type {
  FactsStore,
  FoundLine,
  FoundMove,
  FoundOrder,
  FoundReservation,
  FoundStock,
} from './facts-store.ts';
import type { Attempt } from './history.ts';

export type Facts = {
  orders: FoundOrder[];
  reservations: FoundReservation[];
  stock: FoundStock[];
  moves: FoundMove[];
};

/** What there is to compare with: who asked for what, and the moves from before that. */
export type Asked = { attempts: readonly Attempt[]; movesBefore: ReadonlySet<string> };

/** What the databases say when nothing moves any more. */
export async function readFacts(store: FactsStore): Promise<Facts> {
  const [orders, reservations, stock, moves] = await Promise.all([
    store.orders(),
    store.reservations(),
    store.stock(),
    store.moves(),
  ]);
  return { orders, reservations, stock, moves };
}

/** What each order must have of stock in the end. */
const stateOf = { C: 'A', X: 'R', F: 'S', J: undefined, V: undefined } as const;

/** The two books against each other, when nothing moves any more. */
export function checkBooks(facts: Facts, asked: Asked): Violation[] {
  return [
    ...checkOrders(facts),
    ...checkReservations(facts),
    ...checkReserved(facts),
    ...checkLedger(facts, asked),
  ];
}

/** X1: every order has the stock that belongs to it, of the same things at the same prices. */
function checkOrders({ orders, reservations }: Facts): Violation[] {
  const byId = new Map(reservations.map((one) => [one.orderId, one]));
  return orders.flatMap((order) => {
    const { id, status, lines, totalCents } = order;
    const wanted = stateOf[status];
    const reservation = byId.get(id);
    const subject = `order ${id} (${status})`;
    if (wanted === undefined) {
      if (reservation?.state !== 'A') return [];
      return [{ checker: 'X2', subject, detail: 'has stock, though it came to nothing' }];
    }
    const detail = mismatch(order, reservation, [wanted]);
    if (detail !== undefined) return [{ checker: 'X1', subject, detail }];
    const costs = (lines ?? []).reduce((sum, one) => sum + one.quantity * one.unitPriceCents, 0);
    if (costs === totalCents) return [];
    return [{ checker: 'O2', subject, detail: `total ${totalCents}, its lines cost ${costs}` }];
  });
}

function mismatch(
  { lines }: FoundOrder,
  reservation: FoundReservation | undefined,
  states: readonly FoundReservation['state'][],
): string | undefined {
  if (!reservation) return 'has no reservation';
  if (!states.includes(reservation.state)) return `its reservation is ${reservation.state}`;
  const [ordered, reserved] = [priced(lines ?? []), priced(reservation.lines)];
  return ordered === reserved ? undefined : `ordered ${ordered}, reserved ${reserved}`;
}

function priced(lines: readonly FoundLine[]): string {
  const prices = lines.map(({ productId, unitPriceCents }) => `${productId} ${unitPriceCents}`);
  return `${merged(lines)} at ${prices.toSorted().join(', ')}`;
}

/** X2: whatever is reserved belongs to an order. */
function checkReservations({ orders, reservations }: Facts): Violation[] {
  const known = new Set(orders.map(({ id }) => id));
  return reservations.flatMap(({ orderId, state }) =>
    state !== 'A' || known.has(orderId)
      ? []
      : [{ checker: 'X2', subject: `order ${orderId}`, detail: 'has stock, and no verdict' }],
  );
}

/** X3: what is reserved of a product is what confirmed orders want of it. */
function checkReserved({ orders, stock }: Facts): Violation[] {
  const wanted = sums(orders.filter(({ status }) => status === 'C'));
  return stock.flatMap(({ productId, reserved }) => {
    const sum = wanted.get(productId) ?? 0;
    if (sum === reserved) return [];
    const detail = `${reserved} are reserved, confirmed orders want ${sum}`;
    return [{ checker: 'X3', subject: `product ${productId}`, detail }];
  });
}

/** Conservation: what came and did not leave is there, and everything came and left but once. */
function checkLedger({ orders, stock, moves }: Facts, asked: Asked): Violation[] {
  const left = sums(orders.filter(({ status }) => status === 'F'));
  const found = stock.flatMap(({ productId, available, reserved }) => {
    const own = moves.filter((move) => move.productId === productId);
    const came = total(own.filter(({ reason }) => reason !== 'shipped'));
    const shipped = -total(own.filter(({ reason }) => reason === 'shipped'));
    const fulfilled = left.get(productId) ?? 0;
    if (available >= 0 && available + reserved === came - shipped && shipped === fulfilled) {
      return [];
    }
    const there = `${available} available, ${reserved} reserved, ${came} came, ${shipped} left`;
    const detail = `${there}, fulfilled orders have ${fulfilled}`;
    return [{ checker: 'conservation', subject: `product ${productId}`, detail }];
  });
  return [...found, ...checkRestocks(moves, asked)];
}

function checkRestocks(moves: readonly FoundMove[], { attempts, movesBefore }: Asked): Violation[] {
  const byId = new Map(moves.map(({ id, productId, delta }) => [id, `${productId} ${delta}`]));
  const restocks = attempts.filter(({ f }) => f === 'restock');
  const lost = restocks.flatMap(({ moveId, key, body }) => {
    if (moveId === undefined || byId.get(moveId) === body) return [];
    const detail = `was confirmed as ${moveId}, which is ${byId.get(moveId) ?? 'not there'}`;
    return [{ checker: 'conservation', subject: `restock ${key}`, detail }];
  });
  const made = moves.filter(({ id, reason }) => reason === 'restock' && !movesBefore.has(id));
  const wanted = new Set(restocks.map(({ key }) => key)).size;
  if (made.length <= wanted) return lost;
  const detail = `${made.length} restocks, though only ${wanted} were asked for`;
  return [...lost, { checker: 'conservation', subject: 'the ledger', detail }];
}

function sums(orders: readonly FoundOrder[]): Map<string, number> {
  const all = new Map<string, number>();
  for (const { productId, quantity } of orders.flatMap(({ lines }) => lines ?? [])) {
    all.set(productId, (all.get(productId) ?? 0) + quantity);
  }
  return all;
}

function total(moves: readonly FoundMove[]): number {
  return moves.reduce((sum, { delta }) => sum + delta, 0);
}

const newestMax = 3_000;

/** X1 while everything moves: orders first, then catalog; who differs is closed by now, or lost. */
export async function checkLive(store: FactsStore): Promise<Violation[]> {
  const confirmed = await store.newestConfirmed(newestMax);
  const reservations = await store.reservationsOf(confirmed.map(({ id }) => id));
  const byId = new Map(reservations.map((one) => [one.orderId, one]));
  const odd = confirmed.flatMap((order) => {
    const detail = mismatch(order, byId.get(order.id), ['A', 'S']);
    return detail === undefined ? [] : [{ id: order.id, detail }];
  });
  if (odd.length === 0) return [];
  const again = await store.ordersById(odd.map(({ id }) => id));
  const still = new Set(again.filter(({ status }) => status === 'C').map(({ id }) => id));
  return odd
    .filter(({ id }) => still.has(id))
    .map(({ id, detail }) => ({ checker: 'X1', subject: `order ${id} (C)`, detail }));
}
