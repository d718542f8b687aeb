import { handOver } from './actors.ts';
import type { Model } from './scene.ts';
import {
  at,
  copyOf,
  has,
  idleRelay,
  idleSweeper,
  told,
  type Order,
  type State,
  type Status,
  type World,
} from './state.ts';

const wasConfirmed: ReadonlySet<Status> = new Set<Status>(['C', 'X', 'F']);

/** What must be true in every state. At most one order per key is the shape of the state itself. */
export const invariants = {
  'never oversold': neverOversold,
  'stock adds up': stockAddsUp,
  'an order that was answered 201 is never lost': eachOrder(
    ({ told: heard, status }) => (heard & told.confirmed) === 0 || wasConfirmed.has(status),
  ),
  'all definitive answers of a key agree': eachOrder(answersAgree),
  'a confirmed order has its stock': eachOrder(
    ({ status, reservation }) =>
      (status !== 'C' || reservation === 'A') && (status !== 'F' || 'AS'.includes(reservation)),
  ),
  'stock is released only after a refusal': eachOrder(
    ({ reservation, status }) => reservation !== 'R' || 'JVX'.includes(status),
  ),
  'stock is shipped only for a fulfilled order': eachOrder(
    ({ reservation, status }) => reservation !== 'S' || status === 'F',
  ),
};

export type Invariant = keyof typeof invariants;
/** The promise about the future: whoever dies now, sweepers and relays put everything right. */
export const heals = 'sweepers and relays put everything right';
export type Promised = Invariant | typeof heals;

function eachOrder(isRight: (order: Order) => boolean): (world: World) => boolean {
  return ({ state }) => state.orders.every((order) => isRight(order));
}

/** Confirmed and fulfilled units, and those still offered, all came in through the door. */
function neverOversold({ config, state }: World): boolean {
  const restocked = config.restocks - state.restocksLeft;
  return config.stock.every((initial, sku) => {
    const sold = state.orders.reduce((sum, { status, body }, order) => {
      if (status !== 'C' && status !== 'F') return sum;
      return sum + at(at(at(config.orders, order).bodies, body), sku);
    }, 0);
    return sold + at(state.available, sku) <= initial + restocked;
  });
}

/** K1: nothing below zero, reserved is what active reservations say, and the ledger agrees. */
function stockAddsUp({ config, state }: World): boolean {
  return config.stock.every((_, sku) => {
    const active = state.orders.reduce((sum, { reservation, reservedBody }, order) => {
      if (reservation !== 'A') return sum;
      return sum + at(at(at(config.orders, order).bodies, reservedBody), sku);
    }, 0);
    const available = at(state.available, sku);
    const reserved = at(state.reserved, sku);
    return available >= 0 && reserved === active && available + reserved === at(state.onHand, sku);
  });
}

/** L2, L3 and L4: one verdict per key; the body that was confirmed is never called another. */
function answersAgree({ told: heard, status, body }: Order): boolean {
  const { outOfStock, voided, confirmed, cancelled, reused } = told;
  const refused = heard & (outOfStock | voided);
  if (refused === (outOfStock | voided)) return false;
  if (refused !== 0 && (heard & (confirmed | cancelled)) !== 0) return false;
  // Whether a refusal is kept in a row is the protocol's affair; it must never come true later.
  if (refused !== 0 && wasConfirmed.has(status)) return false;
  if ((heard & cancelled) !== 0 && status !== 'X') return false;
  return !wasConfirmed.has(status) || (heard & (reused << body)) === 0;
}

/** The state after everybody died and only sweepers and relays went on, until nothing is left. */
export function healed(model: Model, state: State): State {
  const next = withoutMemory(state);
  const world = { config: model.config, state: next };
  next.attempts.forEach((_, batch) => {
    if (!has(next.holds, batch)) return;
    model.steps.settle(world, { batch, release: model.steps.resolve(world, batch) });
  });
  next.orders.forEach((row, order) => {
    if (row.outbox) handOver(model, world, order);
    row.outbox = false;
  });
  return next;
}

/** What survives the death of every process; what clients heard or may yet do is left out. */
export function withoutMemory(state: State): State {
  const next = copyOf(state);
  next.attempts = next.attempts.map(({ notes }) => ({ step: 'done', notes: notes.map(() => '-') }));
  next.sweepers = next.sweepers.map(idleSweeper);
  next.relays = next.relays.map(idleRelay);
  next.settled = 0;
  for (const order of next.orders) order.told = 0;
  return next;
}

// A reservation and its order's verdict, at rest: only C keeps units aside, only F has shipped them.
const restingPairs = new Set(['--', '-J', '-V', '-X', 'AC', 'RJ', 'RV', 'RX', 'SF']);

/** X3: no hold, no outbox row, and every reservation is what its order's verdict makes of it. */
export function isQuiet({ holds, orders }: State): boolean {
  return (
    holds === 0 &&
    orders.every(
      ({ outbox, reservation, status }) => !outbox && restingPairs.has(reservation + status),
    )
  );
}
