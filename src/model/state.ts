/** What a configuration fixes: how much there is of everything that takes part. */
export type Config = {
  name: string;
  /** Units on hand at the start, per SKU. */
  stock: number[];
  /** One per idempotency key; a body says how many units of each SKU it wants. */
  orders: { name: string; bodies: number[][] }[];
  /** One per batch. Two that name the same order are a retry of it, maybe on another replica. */
  attempts: Request[][];
  sweepers: number;
  relays: number;
  restocks: number;
  cancels: number;
  fulfils: number;
  aborts: number;
  /** A later batch may carry away the holds of batches whose verdicts are known. */
  settledShortcut: boolean;
  /** A commit may happen without its caller hearing of it; the caller then asks again. */
  lostReplies: boolean;
};

export type Request = { order: number; body: number };

/** What S2 says of one request. */
export type Outcome = 'ok' | 'short' | 'mismatch' | 'released';
/** A row's status: none yet, confirmed, rejected, void, cancelled (X), fulfilled. */
export type Status = '-' | 'C' | 'J' | 'V' | 'X' | 'F';
/** A reservation: none yet, active, released, shipped. */
export type Reservation = '-' | 'A' | 'R' | 'S';
/** What S4 answers for one request: the row it found, or that the key had another body. */
export type Answer = Status | 'reused';
/** A batch is on its way; `unheld` exists only where the hold is not part of S2. */
export type Step = 'idle' | 'unheld' | 'reserved' | 'placed' | 'done';

/** A body nobody knows: the row was written by someone who only had the id. */
export const noBody = -1;

/** Everything about one key: its reservation in catalog, its row in orders, what clients heard. */
export type Order = {
  reservation: Reservation;
  reservedBody: number;
  status: Status;
  body: number;
  /** Its status calls for a release (X) or a shipment (F) that is not handed over yet. */
  outbox: boolean;
  /** Definitive answers given so far, a set of `told` bits. */
  told: number;
};

/** The memory of a replica for one batch: what S2 said while reserved, what to answer once placed. */
export type Attempt = { step: Step; notes: (Outcome | Answer)[] };
/** Between asking and settling: the batch asked about and the orders to release, as bits. */
export type Sweeper = { batch: number; release: number };
/** Between reading an outbox row and deleting it. */
export type Relay = { order: number; handed: boolean };
/** A process that has nothing in its hands. */
export const nothing = -1;

export type State = {
  available: number[];
  reserved: number[];
  /** The independent ledger: restock adds, shipping subtracts. */
  onHand: number[];
  orders: Order[];
  /** Batches whose verdict catalog does not know, as bits. */
  holds: number;
  /** Batches a replica knows to need no sweeper, as bits. */
  settled: number;
  attempts: Attempt[];
  sweepers: Sweeper[];
  relays: Relay[];
  restocksLeft: number;
  cancelsLeft: number;
  fulfilsLeft: number;
  abortsLeft: number;
};

/** A state together with the numbers that never change. */
export type World = { config: Config; state: State };

/** The definitive answers a client can hold against us; `reused` is shifted by the body. */
export const told = { confirmed: 1, outOfStock: 2, voided: 4, cancelled: 8, reused: 16 } as const;

export function initialState(config: Config): State {
  return {
    available: [...config.stock],
    reserved: config.stock.map(() => 0),
    onHand: [...config.stock],
    orders: config.orders.map(() => ({
      reservation: '-',
      reservedBody: 0,
      status: '-',
      body: noBody,
      outbox: false,
      told: 0,
    })),
    holds: 0,
    settled: 0,
    attempts: config.attempts.map((batch) => ({ step: 'idle', notes: batch.map(() => '-') })),
    sweepers: Array.from({ length: config.sweepers }, idleSweeper),
    relays: Array.from({ length: config.relays }, idleRelay),
    restocksLeft: config.restocks,
    cancelsLeft: config.cancels,
    fulfilsLeft: config.fulfils,
    abortsLeft: config.aborts,
  };
}

export function idleSweeper(): Sweeper {
  return { batch: nothing, release: 0 };
}

export function idleRelay(): Relay {
  return { order: nothing, handed: false };
}

// Written out field by field: this runs tens of millions of times. Notes, sweepers and relays are
// replaced, never changed, so their objects are shared.
export function copyOf(state: State): State {
  return {
    available: state.available.slice(),
    reserved: state.reserved.slice(),
    onHand: state.onHand.slice(),
    orders: state.orders.map(copyOfOrder),
    holds: state.holds,
    settled: state.settled,
    attempts: state.attempts.slice(),
    sweepers: state.sweepers.slice(),
    relays: state.relays.slice(),
    restocksLeft: state.restocksLeft,
    cancelsLeft: state.cancelsLeft,
    fulfilsLeft: state.fulfilsLeft,
    abortsLeft: state.abortsLeft,
  };
}

function copyOfOrder(order: Order): Order {
  return {
    reservation: order.reservation,
    reservedBody: order.reservedBody,
    status: order.status,
    body: order.body,
    outbox: order.outbox,
    told: order.told,
  };
}

/** The element that is there by construction; anything else is a mistake in the model. */
export function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`No element ${index} among ${list.length}`);
  return item;
}

/** How many units of each SKU an order with this body wants. */
export function unitsOf(config: Config, { order, body }: Request): number[] {
  return at(at(config.orders, order).bodies, body);
}

export function bit(index: number): number {
  return 1 << index;
}

export function has(set: number, index: number): boolean {
  return (set & bit(index)) !== 0;
}
