import { randomBytes, randomUUID } from 'node:crypto';
import { createCursors } from '../platform/cursor.ts';
import { createMetrics } from '../platform/metrics.ts';
import { until } from '../postgres/wait.ts';
import { freshDatabase, silent } from '../testing/database.ts';
import { createClosing } from './closing.ts';
import { numberText, type Letter } from './order-row.ts';
import type { OrdersParts } from './parts.ts';
import { createReading } from './reading.ts';
import { createVerdicts } from './verdicts.ts';

type Fields = {
  id: string;
  userId: string | null;
  key: string | null;
  fp: Buffer | null;
  status: Letter;
  lines: unknown;
  totalCents: number | null;
  placedAt: string;
  placedBy: string | null;
  requestId: string;
  traceId: string;
  closedAt: string | null;
  closedBy: string | null;
};

export type OutboxRow = { kind: string; orderIds: string[]; at: string };

/** Numbers are given out as the service does it: from the sequence, to what was ordered. */
export const insertOrder = {
  name: 'insertOrder',
  text: `insert into orders.orders (id, number, user_id, idem_key, fp, status, lines, total_cents,
      placed_at, placed_by, request_id, trace_id, closed_at, closed_by, closed_request, closed_trace)
    select $1::uuid, case when $5::"char" in ('C', 'X', 'F') then nextval('orders.numbers') end,
      $2::uuid, $3::text, $4::bytea, $5::"char", $6::json, $7::bigint, $8::timestamptz, $9::uuid,
      $10::text, $11::uuid, $12::timestamptz, $13::uuid,
      case when $12::timestamptz is not null then 'closing' end,
      case when $12::timestamptz is not null then $11::uuid end
    returning number`,
};

const outboxRows = {
  name: 'outboxRows',
  text: `select kind, order_ids as "orderIds", at from orders.outbox
    where $1::uuid is null or $1::uuid = any (order_ids) order by seq`,
};

const someoneWaits = {
  name: 'someoneWaits',
  text: `select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`,
};

export const aLine = { productId: 'ring', title: 'A ring', quantity: 2, unitPriceCents: 150 };
export const aShortLine = { productId: 'ring', asked: 2, available: 1 };

/** All that an order needs; what differs is said. */
export function fieldsOf(fields: Partial<Fields> = {}): Fields {
  const status = fields.status ?? 'C';
  const lines = { J: [aShortLine], V: null, C: [aLine], X: [aLine], F: [aLine] }[status];
  return {
    id: randomUUID(),
    userId: randomUUID(),
    key: null,
    fp: status === 'V' ? null : randomBytes(16),
    status,
    lines,
    totalCents: status === 'J' || status === 'V' ? null : 300,
    placedAt: '2026-05-01T10:00:00.123Z',
    placedBy: null,
    requestId: 'placing',
    traceId: randomUUID(),
    closedAt: status === 'X' || status === 'F' ? '2026-05-02T10:00:00.456Z' : null,
    closedBy: null,
    ...fields,
  };
}

/** In the order in which `insertOrder` takes them. */
export function valuesOf(fields: Fields): unknown[] {
  const { id, userId, key, fp, status, lines, totalCents, placedAt, placedBy } = fields;
  const json = lines === null ? null : JSON.stringify(lines);
  const { requestId, traceId, closedAt, closedBy } = fields;
  const closing = [requestId, traceId, closedAt, closedBy];
  return [id, userId, key, fp, status, json, totalCents, placedAt, placedBy, ...closing];
}

/** For tests: orders on a fresh database, without the placing of them. */
export async function freshOrders(changes: Partial<OrdersParts> = {}) {
  const database = await freshDatabase('orders');
  let told = 0;
  let clock = new Date('2026-06-01T12:00:00Z');
  const parts: OrdersParts = {
    database,
    users: { getUsers: unexpected },
    catalog: {
      reserve: unexpected,
      settle: unexpected,
      releaseOrders: unexpected,
      shipOrders: unexpected,
    },
    cursors: createCursors('a secret of the test'),
    currency: 'EUR',
    onOutbox: () => {
      told += 1;
    },
    now: () => clock,
    log: silent,
    metrics: createMetrics(),
    ...changes,
  };

  /** Puts an order there as if it had been placed, and maybe closed, some time ago. */
  async function addOrder(changed: Partial<Fields> = {}) {
    const fields = fieldsOf(changed);
    const row = await database.one<{ number: number | null }>(insertOrder, valuesOf(fields));
    const number = row?.number ?? 0;
    return { ...fields, userId: fields.userId ?? '', ref: numberText(number), number };
  }

  /** Begins the work while an order is inserted but not committed, and gives what it came to. */
  async function behindInsert<T>(changed: Partial<Fields>, { work, end }: Behind<T>): Promise<T> {
    let started: Promise<T> | undefined;
    await database
      .transaction(async (transaction) => {
        await transaction.rows(insertOrder, valuesOf(fieldsOf(changed)));
        started = work();
        // It may be refused before anybody can ask: as soon as this transaction ends.
        started.catch(() => undefined);
        await untilBlocked();
        if (end === 'rollback') throw new RangeError('rolled back by the test');
      })
      .catch((error: unknown) => {
        if (!(error instanceof RangeError)) throw error;
      });
    return started as Promise<T>;
  }

  /** Until somebody waits for a lock. */
  async function untilBlocked(): Promise<void> {
    const found = await until(async () => (await database.rows(someoneWaits))[0], 4_000);
    if (!found) throw new Error('Nobody waits for a lock');
  }

  return {
    database,
    parts,
    orders: { ...createReading(parts), ...createClosing(parts), ...createVerdicts(parts) },
    addOrder,
    behindInsert,
    untilBlocked,
    setClock: (time: string) => {
      clock = new Date(time);
    },
    told: () => told,
    /** What is to be told, of one order or of all. */
    outbox: (id: string | null = null) => database.rows<OutboxRow>(outboxRows, [id]),
  };
}

type Behind<T> = { work: () => Promise<T>; end: 'commit' | 'rollback' };

/** Nothing that these tests look at asks others. */
function unexpected(): Promise<never> {
  return Promise.reject(new Error('This is not asked here'));
}
