import { at, bit, has, unitsOf, type Outcome, type Request, type World } from './state.ts';

/** S2 of one batch; `dropSettled` says whether it carries the settled holds along. */
export type ReserveCall = { batch: number; dropSettled: boolean };
/** What a sweeper brings back: the orders of a batch that may be released, as bits. */
export type SettleCall = { batch: number; release: number };

/** S2, `catalog.reserve_batch`, one commit: reservations, stock and the hold row together. */
export function reserve(world: World, { batch, dropSettled }: ReserveCall): Outcome[] {
  const outcomes = reserveWithoutHold(world, { batch, dropSettled });
  hold(world, batch);
  return outcomes;
}

/** The same commit up to its last statement. */
export function reserveWithoutHold(world: World, { batch, dropSettled }: ReserveCall): Outcome[] {
  const { config, state } = world;
  if (dropSettled) state.holds &= ~state.settled;
  return at(config.attempts, batch).map((request) => reserveOne(world, request));
}

/** The statement that inserts the hold row. */
export function hold({ state }: World, batch: number): void {
  state.holds |= bit(batch);
}

/** A reservation that is there is the answer, whoever made it: helping needs no second deduction. */
function reserveOne(world: World, request: Request): Outcome {
  const { reservation, reservedBody } = at(world.state.orders, request.order);
  if (reservation === '-') return takeStock(world, request);
  if (reservedBody !== request.body) return 'mismatch';
  return reservation === 'R' ? 'released' : 'ok';
}

/** All lines or none: `INSERT reservations`, then deduct for the returned row only. */
export function takeStock({ config, state }: World, request: Request): Outcome {
  const units = unitsOf(config, request);
  if (units.some((count, sku) => at(state.available, sku) < count)) return 'short';
  units.forEach((count, sku) => {
    state.available[sku] = at(state.available, sku) - count;
    state.reserved[sku] = at(state.reserved, sku) + count;
  });
  const order = at(state.orders, request.order);
  order.reservation = 'A';
  order.reservedBody = request.body;
  return 'ok';
}

/** `catalog.release(id)`, one commit, conditional on state A: the second call changes nothing. */
export function release(world: World, order: number): void {
  if (at(world.state.orders, order).reservation === 'A') giveBack(world, order);
}

/** The body of a release, without its condition. */
export function giveBack({ config, state }: World, order: number): void {
  const row = at(state.orders, order);
  unitsOf(config, { order, body: row.reservedBody }).forEach((count, sku) => {
    state.available[sku] = at(state.available, sku) + count;
    state.reserved[sku] = at(state.reserved, sku) - count;
  });
  row.reservation = 'R';
}

/** `catalog.ship(id)`, one commit, conditional on state A: reserved units leave the ledger. */
export function ship({ config, state }: World, order: number): void {
  const row = at(state.orders, order);
  if (row.reservation !== 'A') return;
  unitsOf(config, { order, body: row.reservedBody }).forEach((count, sku) => {
    state.reserved[sku] = at(state.reserved, sku) - count;
    state.onHand[sku] = at(state.onHand, sku) - count;
  });
  row.reservation = 'S';
}

/**
 * `catalog.settle`, one autocommit call: releases what got a refusal, deletes the hold. It releases
 * even if the hold is gone by now, because a refusal never becomes untrue.
 */
export function settle(world: World, { batch, release: refused }: SettleCall): void {
  world.state.orders.forEach((_, order) => {
    if (has(refused, order)) release(world, order);
  });
  world.state.holds &= ~bit(batch);
}

/** A delivery: one unit more of every SKU, in stock and in the ledger, one commit. */
export function restock({ state }: World): void {
  state.available = state.available.map((count) => count + 1);
  state.onHand = state.onHand.map((count) => count + 1);
}
