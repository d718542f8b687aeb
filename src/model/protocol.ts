import * as catalog from './catalog-steps.ts';
import * as orders from './order-steps.ts';

/** Every commit of the protocol under its name. */
export const protocol = {
  reserve: catalog.reserve,
  hold: catalog.hold,
  release: catalog.release,
  ship: catalog.ship,
  settle: catalog.settle,
  restock: catalog.restock,
  place: orders.place,
  resolve: orders.resolve,
  cancel: orders.cancel,
  fulfil: orders.fulfil,
  abort: orders.abort,
  needsNoSweeper: orders.needsNoSweeper,
};

/** The protocol, or one with a step replaced by a broken one. */
export type Steps = typeof protocol;
