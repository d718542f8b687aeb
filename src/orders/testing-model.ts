/** For tests: what placing orders should come to, without any of the machinery that brings it about. */

export type Wish = { key: string; quantity: number };
type Entry = { status: 'C' | 'J' | 'V' | 'X' | 'F'; quantity: number | undefined };
type Reserved = { quantity: number; state: 'A' | 'R' | 'S' };
type Hold = { keys: string[] };
type Found = 'reserved' | 'short' | 'released' | 'mismatch';

const toldOf = {
  C: 'confirmed',
  X: 'cancelled',
  F: 'fulfilled',
  J: 'outOfStock',
  V: 'orderVoided',
};
const verdictAfter = { reserved: 'C', short: 'J', released: 'V' } as const;

/** One product, one customer with several keys, and two replicas of orders. */
export function createModel(stock: number) {
  let available = stock;
  const entries = new Map<string, Entry>();
  const reservations = new Map<string, Reserved>();
  let holds: Hold[] = [];
  const settled: [Hold[], Hold[]] = [[], []];

  const statusOf = (key: string): string => entries.get(key)?.status ?? 'none';
  const isOrdered = (key: string): boolean => ['C', 'X', 'F'].includes(statusOf(key));

  /** What a replica would send now; it may arrive later, or twice. */
  const send = (n: 0 | 1) => settled[n].splice(0);

  function reserve(wishes: readonly Wish[], riding: readonly Hold[]) {
    holds = holds.filter((hold) => !riding.includes(hold));
    const found = wishes.map(reserveOne);
    const keys = wishes.flatMap(({ key }, i) =>
      found[i] === 'reserved' && reservations.get(key)?.state === 'A' ? [key] : [],
    );
    const hold = { keys };
    if (keys.length > 0) holds.push(hold);
    return { found, hold };
  }

  function reserveOne({ key, quantity }: Wish): Found {
    const before = reservations.get(key);
    if (before && before.quantity !== quantity) return 'mismatch';
    if (before) return before.state === 'R' ? 'released' : 'reserved';
    if (quantity > available) return 'short';
    available -= quantity;
    reservations.set(key, { quantity, state: 'A' });
    return 'reserved';
  }

  /** Writes the verdicts that nobody has written before. */
  function decide(wishes: readonly Wish[], found: readonly Found[]): void {
    for (const [i, { key, quantity }] of wishes.entries()) {
      const outcome = found[i] ?? 'mismatch';
      if (outcome === 'mismatch' || entries.has(key)) continue;
      entries.set(key, { status: verdictAfter[outcome], quantity });
    }
  }

  function answer({ key, quantity }: Wish): string {
    const entry = entries.get(key);
    const isOther = entry?.status !== 'V' && entry?.quantity !== quantity;
    return !entry || isOther ? 'keyReused' : toldOf[entry.status];
  }

  function settle(n: 0 | 1, { wishes, found, hold }: Settling): void {
    const sold = wishes.filter((_, i) => found[i] === 'reserved').map(({ key }) => key);
    if (sold.length > 0 && sold.every(isOrdered)) settled[n].push(hold);
  }

  function abort(key: string): string {
    if (!entries.has(key)) entries.set(key, { status: 'V', quantity: undefined });
    if (statusOf(key) === 'J') return 'outOfStock';
    return isOrdered(key) ? 'ordered' : 'voided';
  }

  function close(key: string, status: 'X' | 'F'): string {
    const entry = entries.get(key);
    if (!entry || !isOrdered(key)) return 'notFound';
    if (entry.status === 'C') entry.status = status;
    return entry.status === status ? toldOf[status] : 'conflict';
  }

  function giveBack(key: string): void {
    const reserved = reservations.get(key);
    if (reserved?.state !== 'A') return;
    reserved.state = 'R';
    available += reserved.quantity;
  }

  function sweep(): void {
    const keys = holds.flatMap((hold) => hold.keys);
    for (const key of keys) {
      abort(key);
      if (['J', 'V', 'X'].includes(statusOf(key))) giveBack(key);
    }
    holds = [];
  }

  function relay(): void {
    for (const [key, { status }] of entries) {
      const reserved = reservations.get(key);
      if (status === 'X') giveBack(key);
      if (status === 'F' && reserved) reserved.state = 'S';
    }
  }

  return {
    ...{ send, reserve, decide, answer, settle, abort, close, sweep, relay },
    restock(quantity: number) {
      available += quantity;
    },
    /** All that a replica knows by itself is what is settled. */
    crash: (n: 0 | 1) => void send(n),
    stock(): number[] {
      const active = [...reservations.values()].filter(({ state }) => state === 'A');
      return [available, active.reduce((sum, { quantity }) => sum + quantity, 0)];
    },
  };
}

type Settling = { wishes: readonly Wish[]; found: readonly Found[]; hold: Hold };
export type Model = ReturnType<typeof createModel>;
