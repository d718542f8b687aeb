import {
  nothing,
  type Answer,
  type Attempt,
  type Config,
  type Order,
  type Outcome,
  type Relay,
  type Reservation,
  type State,
  type Status,
  type Step,
  type Sweeper,
} from './state.ts';

const reservations: Reservation[] = ['-', 'A', 'R', 'S'];
const statuses: Status[] = ['-', 'C', 'J', 'V', 'X', 'F'];
const steps: Step[] = ['idle', 'unheld', 'reserved', 'placed', 'done'];
const notes: (Outcome | Answer)[] = [
  '-',
  'ok',
  'short',
  'mismatch',
  'released',
  'C',
  'J',
  'V',
  'X',
  'F',
  'reused',
];
const stockBits = 4;
// Broken variants may count below zero; that has to be seen, not wrapped around.
const stockOffset = 4;

export type Codec = {
  /** How many 32-bit words a state takes. */
  words: number;
  /** The canonical form, always in the same array. */
  encode(state: State): Uint32Array;
  decode(words: Uint32Array): State;
};

/** A state as a few words of packed bits; states that differ only in names of equals are one. */
export function createCodec(config: Config, initial: State): Codec {
  const out = new Uint32Array(8);
  let word = 0;
  let used = 0;

  function put(value: number, bits: number): void {
    if (value < 0 || value >> bits !== 0) throw new RangeError(`${value} needs over ${bits} bits`);
    if (used + bits > 32) {
      word += 1;
      used = 0;
    }
    out[word] = (out[word] ?? 0) | (value << used);
    used += bits;
  }

  function encode(state: State): Uint32Array {
    out.fill(0);
    word = 0;
    used = 0;
    for (const list of stockOf(state)) for (const n of list) put(n + stockOffset, stockBits);
    for (const order of state.orders) putOrder(put, order);
    put(state.holds, config.attempts.length);
    // Only a hold that is there can be carried away.
    put(state.settled & state.holds, config.attempts.length);
    for (const attempt of state.attempts) putAttempt(put, attempt);
    for (const code of sorted(state.sweepers.map(sweeperCode))) put(code, 6);
    for (const code of sorted(state.relays.map(relayCode))) put(code, 3);
    for (const left of budgets(state)) put(left, 2);
    return out;
  }

  encode(initial);
  const words = word + 1;
  const decode = (packed: Uint32Array) => decodeState(config, reader(packed));
  return { words, encode: (state) => encode(state).subarray(0, words), decode };
}

type Put = (value: number, bits: number) => void;
type Take = (bits: number) => number;

function reader(packed: Uint32Array): Take {
  let word = 0;
  let used = 0;
  return (bits) => {
    if (used + bits > 32) {
      word += 1;
      used = 0;
    }
    const value = ((packed[word] ?? 0) >>> used) & ((1 << bits) - 1);
    used += bits;
    return value;
  };
}

function decodeState({ stock, orders, attempts, ...config }: Config, take: Take): State {
  const takeStock = () => stock.map(() => take(stockBits) - stockOffset);
  return {
    available: takeStock(),
    reserved: takeStock(),
    onHand: takeStock(),
    orders: orders.map(() => takeOrder(take)),
    holds: take(attempts.length),
    settled: take(attempts.length),
    attempts: attempts.map(({ length }) => takeAttempt(take, length)),
    sweepers: Array.from({ length: config.sweepers }, () => sweeperOf(take(6))),
    relays: Array.from({ length: config.relays }, () => relayOf(take(3))),
    restocksLeft: take(2),
    cancelsLeft: take(2),
    fulfilsLeft: take(2),
    abortsLeft: take(2),
  };
}

function stockOf({ available, reserved, onHand }: State): number[][] {
  return [available, reserved, onHand];
}

function budgets({ restocksLeft, cancelsLeft, fulfilsLeft, abortsLeft }: State): number[] {
  return [restocksLeft, cancelsLeft, fulfilsLeft, abortsLeft];
}

function putOrder(put: Put, order: Order): void {
  put(reservations.indexOf(order.reservation), 2);
  put(order.reservedBody, 1);
  put(statuses.indexOf(order.status), 3);
  put(order.body + 1, 2);
  put(order.outbox ? 1 : 0, 1);
  put(order.told, 6);
}

function takeOrder(take: Take): Order {
  return {
    reservation: reservations[take(2)] ?? '-',
    reservedBody: take(1),
    status: statuses[take(3)] ?? '-',
    body: take(2) - 1,
    outbox: take(1) === 1,
    told: take(6),
  };
}

function putAttempt(put: Put, attempt: Attempt): void {
  put(steps.indexOf(attempt.step), 3);
  for (const note of attempt.notes) put(notes.indexOf(note), 4);
}

function takeAttempt(take: Take, length: number): Attempt {
  const step = steps[take(3)] ?? 'idle';
  return { step, notes: Array.from({ length }, () => notes[take(4)] ?? '-') };
}

// Processes of a kind are equals: which of them holds what makes no difference.
function sorted(codes: number[]): number[] {
  return codes.length > 1 ? codes.toSorted((a, b) => a - b) : codes;
}

function sweeperCode({ batch, release }: Sweeper): number {
  return (batch + 1) * 8 + release;
}

function sweeperOf(code: number): Sweeper {
  return { batch: (code >> 3) - 1, release: code & 7 };
}

function relayCode({ order, handed }: Relay): number {
  return order === nothing ? 0 : 1 + order * 2 + (handed ? 1 : 0);
}

function relayOf(code: number): Relay {
  if (code === 0) return { order: nothing, handed: false };
  return { order: (code - 1) >> 1, handed: (code - 1) % 2 === 1 };
}
