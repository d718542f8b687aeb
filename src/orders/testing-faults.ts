import type { Database, Statement } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import type { Catalog } from './parts.ts';

/** Stands between a replica and what it calls: does the work, or not, or late, or hides the answer. */
export type Around = (work: () => Promise<unknown>, input: unknown) => Promise<unknown>;
/** By the operation of catalog, or by the name of the statement. */
export type Arounds = Partial<Record<string, Around>>;

/** Dies without having done it; the test may do it later, as often as it likes. */
export function postponed() {
  const begun = Promise.withResolvers<() => Promise<unknown>>();
  const around: Around = (work) => {
    begun.resolve(work);
    return new Promise(() => undefined);
  };
  return { around, work: begun.promise };
}

/** A place where work stops, after it was done or before, until the test lets it go on, or never. */
export function gate(where: 'after' | 'before' = 'after') {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const stop = () => {
    reached.resolve();
    return opened.promise;
  };
  const around: Around = async (work) => {
    if (where === 'before') await stop();
    const result = await work();
    if (where === 'after') await stop();
    return result;
  };
  return { around, reached: reached.promise, open: opened.resolve };
}

export const away = (): AppError => new AppError('unavailable', 'Taken away by the test');

/** The work is done, and nobody hears of it. */
export const answerLost: Around = async (work) => {
  await work();
  throw away();
};

/** One after the other, each for one call; then nothing happens any more. */
export function inTurn(...arounds: Around[]): Around {
  const left = [...arounds];
  return (work, input) => left.shift()?.(work, input) ?? work();
}

export function databaseAround(database: Database, arounds: Arounds): Database {
  const rows = <Row>(statement: Statement, values: readonly unknown[] = []) =>
    through(arounds[statement.name], () => database.rows<Row>(statement, values), values);
  const one = async <Row>(statement: Statement, values?: readonly unknown[]) =>
    (await rows<Row>(statement, values))[0];
  return { ...database, rows, one };
}

/** Looked up at each call, so that a test may change its mind. */
export function catalogAround(catalog: Catalog, at: Arounds): Catalog {
  return {
    reserve: (input, call) => through(at['reserve'], () => catalog.reserve(input, call), input),
    settle: (input, call) => through(at['settle'], () => catalog.settle(input, call), input),
    releaseOrders: (input, call) =>
      through(at['releaseOrders'], () => catalog.releaseOrders(input, call), input),
    shipOrders: (input, call) =>
      through(at['shipOrders'], () => catalog.shipOrders(input, call), input),
  };
}

function through<T>(around: Around | undefined, work: () => Promise<T>, input: unknown) {
  return (around ? around(work, input) : work()) as Promise<T>;
}
