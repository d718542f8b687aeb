import { DatabaseError, Pool, types, type ClientBase, type PoolClient } from 'pg';
import { AppError } from './errors.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

/** One whole SQL statement; the name makes it a prepared one. */
export type Statement = { name: string; text: string };

export type Queryable = {
  rows<Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
  one<Row>(statement: Statement, values?: readonly unknown[]): Promise<Row | undefined>;
};

export type Database = Queryable & {
  /** Runs several statements as one; for anything that takes locks prefer a single statement. */
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>;
  close: () => Promise<void>;
};

type Options = {
  service: string;
  url: string;
  connectionsMax: number;
  /** Longer than a request may wait, for work that nobody waits for. */
  statementMsMax?: number;
  log: Log;
  metrics: Pick<Metrics, 'poolConnections'>;
};

/** What contracts carry: counts as JavaScript numbers, times as RFC 3339 text. */
const parsers = new Map<number, (value: string) => unknown>([
  [types.builtins.INT8, exactInteger],
  [types.builtins.TIMESTAMPTZ, (value) => new Date(value).toISOString()],
]);

/** Nobody waits in an endless line for a connection. */
const waitingMax = 1_000;

/** A pool of connections whose every wait has an end. */
export function openDatabase(options: Options): Database {
  const { service, url, connectionsMax, statementMsMax = 3_000, log, metrics } = options;
  const pool = new Pool({
    connectionString: url,
    max: connectionsMax,
    application_name: `bazar-${service}`,
    connectionTimeoutMillis: 2_000,
    statement_timeout: statementMsMax,
    lock_timeout: 2_000,
    idle_in_transaction_session_timeout: 5_000,
    // The server's own limit comes first; this one is for a server that does not answer at all.
    query_timeout: statementMsMax + 2_000,
    keepAlive: true,
    types: { getTypeParser },
  });
  pool.on('error', (err) => log.warn({ err }, 'lost an idle database connection'));
  // A checked-out client that breaks without a listener would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  reportPool(pool, service, metrics);

  async function withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    if (pool.waitingCount >= waitingMax) {
      throw new AppError('overloaded', 'Too many callers wait for the database');
    }
    const client = await pool.connect().catch((error: unknown) => {
      throw unavailable(error);
    });
    let broken = true;
    try {
      const result = await work(client);
      broken = false;
      return result;
    } catch (error) {
      broken = !isWhole(error);
      throw translate(error);
    } finally {
      client.release(broken);
    }
  }

  const rows: Queryable['rows'] = (statement, values) =>
    withClient((client) => queryable(client).rows(statement, values));

  return {
    rows,
    one: async <Row>(statement: Statement, values?: readonly unknown[]) =>
      (await rows<Row>(statement, values))[0],
    transaction: (work) => withClient((client) => inTransaction(client, work)),
    close: () => pool.end(),
  };
}

async function inTransaction<T>(
  client: PoolClient,
  work: (transaction: Queryable) => Promise<T>,
): Promise<T> {
  await client.query('begin');
  try {
    const result = await work(queryable(client));
    await client.query('commit');
    return result;
  } catch (error) {
    // A connection that does not answer is not asked again: with it goes the transaction.
    if (isWhole(error)) await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

function queryable(client: ClientBase): Queryable {
  async function rows<Row>({ name, text }: Statement, values: readonly unknown[] = []) {
    const result = await client.query({ name, text, values: [...values] });
    return result.rows as Row[];
  }
  return {
    rows,
    one: async <Row>(statement: Statement, values?: readonly unknown[]) =>
      (await rows<Row>(statement, values))[0],
  };
}

function getTypeParser(
  oid: number,
  format: 'text' | 'binary' = 'text',
): (value: string) => unknown {
  return parsers.get(oid) ?? types.getTypeParser(oid, format);
}

function exactInteger(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is too large to be exact`);
  return number;
}

function reportPool(pool: Pool, service: string, metrics: Options['metrics']): void {
  const report = () => {
    const { totalCount, idleCount, waitingCount } = pool;
    metrics.poolConnections.set({ service, state: 'busy' }, totalCount - idleCount);
    metrics.poolConnections.set({ service, state: 'idle' }, idleCount);
    metrics.poolConnections.set({ service, state: 'waiting' }, waitingCount);
  };
  for (const event of ['connect', 'acquire', 'remove'] as const) pool.on(event, report);
  // It is said of a connection before it is among the idle ones.
  pool.on('release', () => queueMicrotask(report));
}

function isServerError(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError;
}

/** Whether the connection can be used after this error: the server is still on its other end. */
function isWhole(error: unknown): boolean {
  if (isServerError(error)) return !/^(?:08|57P)/.test(error.code ?? '');
  return error instanceof AppError;
}

/** SQLSTATEs that say "not now" rather than "not this". */
const notNow = new Map<string, 'unavailable' | 'overloaded' | 'deadlineExceeded'>([
  ['57014', 'deadlineExceeded'], // statement_timeout
  ['55P03', 'overloaded'], // lock_timeout
  ['53300', 'overloaded'], // too many connections
  ['40P01', 'overloaded'], // deadlock
  ['40001', 'overloaded'], // serialization failure
  ['53100', 'unavailable'], // disk full
  ['25006', 'unavailable'], // a server that lost its primary role
  ['57P01', 'unavailable'], // shutting down
  ['57P02', 'unavailable'], // crashed
  ['57P03', 'unavailable'], // starting up
]);

function translate(error: unknown): unknown {
  if (error instanceof AppError || isFault(error)) return error;
  if (!isServerError(error)) return unavailable(error);
  const code = notNow.get(error.code ?? '') ?? (error.code?.startsWith('08') && 'unavailable');
  return code
    ? new AppError(code, 'The database cannot do this right now', { cause: error })
    : error;
}

/** Our own mistake, such as a number that does not fit, is not the database's. */
function isFault(error: unknown): boolean {
  return error instanceof RangeError || error instanceof TypeError;
}

function unavailable(error: unknown): AppError {
  return new AppError('unavailable', 'The database does not answer', { cause: error });
}

/** The constraint that a write ran into, if that is what happened. */
export function constraintOf(error: unknown): string | undefined {
  return isServerError(error) && error.code?.startsWith('23') ? error.constraint : undefined;
}

/** Whether one value of a batch, rather than the batch, is what the server cannot take. */
export function isBadValue(error: unknown): boolean {
  return isServerError(error) && /^2[23]/.test(error.code ?? '');
}
