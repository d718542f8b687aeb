import {
  at,
  bit,
  noBody,
  type Answer,
  type Order,
  type Outcome,
  type Request,
  type Status,
  type World,
} from './state.ts';

/** S3 of one batch with what S2 said of each of its requests. */
export type PlaceCall = { batch: number; outcomes: readonly Outcome[] };

const verdicts = { ok: 'C', short: 'J', released: 'V' } as const;

/**
 * S3, `orders.nbatch`, one commit: `INSERT … ON CONFLICT (id) DO NOTHING`, then all ids are
 * read back. The row found is the answer, whoever wrote it. The event of a new C is left out: it
 * changes neither table.
 */
export function place({ config, state }: World, { batch, outcomes }: PlaceCall): Answer[] {
  return at(config.attempts, batch).map((request, n) => {
    const outcome = at(outcomes, n);
    const row = at(state.orders, request.order);
    // Catalog saw another body under this key: no row is written for this one, but it may be there.
    if (outcome !== 'mismatch') insert(row, verdicts[outcome], request.body);
    return row.status === '-' ? 'reused' : answerOf(row, request);
  });
}

/** `INSERT … ON CONFLICT (id) DO NOTHING`: the one entry on which everybody races. */
export function insert(row: Order, status: Status, body: number): void {
  if (row.status !== '-') return;
  row.status = status;
  row.body = body;
}

/** Whoever voids an order need not know what it was to be, so that is void for every body. */
export function answerOf(row: Order, { body }: Request): Answer {
  const otherBody = row.status !== 'V' && row.body !== body;
  return otherBody ? 'reused' : row.status;
}

/** Verdicts after which stock may be given back; F is none, its units have left the house. */
export const refusals: ReadonlySet<Status> = new Set<Status>(['J', 'V', 'X']);

/** `orders.resolve(ids)`, one commit: inserts V for absent ids, returns which ids are refused. */
export function resolve({ config, state }: World, batch: number): number {
  for (const { order } of at(config.attempts, batch)) insert(at(state.orders, order), 'V', noBody);
  return ordersOf({ config, state }, { batch, statuses: refusals });
}

/** The orders of a batch whose row has one of these statuses, as bits. */
export function ordersOf(
  { config, state }: World,
  { batch, statuses }: { batch: number; statuses: ReadonlySet<Status> },
): number {
  return at(config.attempts, batch)
    .filter(({ order }) => statuses.has(at(state.orders, order).status))
    .reduce((set, { order }) => set | bit(order), 0);
}

/** `UPDATE … SET status = 'X' WHERE id = $1 AND status = 'C'` and its outbox row, one commit. */
export function cancel({ state }: World, order: number): void {
  const row = at(state.orders, order);
  row.status = 'X';
  row.outbox = true;
}

/** `UPDATE … SET status = 'F' WHERE id = $1 AND status = 'C'` and its outbox row, one commit. */
export function fulfil({ state }: World, order: number): void {
  const row = at(state.orders, order);
  row.status = 'F';
  row.outbox = true;
}

/** `POST /orders/abort`, one commit: the same fence as the sweeper's, put there by the client. */
export function abort({ state }: World, order: number): Status {
  const row = at(state.orders, order);
  insert(row, 'V', noBody);
  return row.status;
}

/**
 * Whether the hold of a batch may ride as `settled` in a later S2. Of what it reserved, the row must
 * be C, or X or F, whose outbox row deals with the stock. A refusal after `ok` is a sweeper's work:
 * nobody else would release. What it did not reserve is another batch's hold.
 */
export function needsNoSweeper({ config, state }: World, { batch, outcomes }: PlaceCall): boolean {
  return at(config.attempts, batch).every(({ order }, n) => {
    const { status } = at(state.orders, order);
    return at(outcomes, n) !== 'ok' || status === 'C' || status === 'X' || status === 'F';
  });
}
