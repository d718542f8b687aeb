import type { AppError, ErrorCode } from '../../src/platform/errors.ts';
import type { Attempt } from './kept.ts';

/** How far the order of this basket has come. */
export type Placing =
  | { state: 'idle' }
  /** On its way; `isAgain` when an earlier try under the same key has no answer yet. */
  | { state: 'placing'; attempt: Attempt; isAgain: boolean }
  | { state: 'callingOff'; attempt: Attempt }
  /** It was sent, and perhaps ordered: only the same key finds out. */
  | { state: 'unresolved'; attempt: Attempt; problem?: AppError | undefined }
  /** Nothing was ordered, and nothing will be under the key that it had. */
  | { state: 'refused'; problem: AppError };

export type Event =
  | { kind: 'tried'; userId: string; newKey: string }
  | { kind: 'failed'; problem: AppError }
  | { kind: 'ordered' }
  | { kind: 'givenUp' }
  | { kind: 'voided' }
  /** Another page of this browser has kept this, or a page that was closed. */
  | { kind: 'heard'; attempt: Attempt | undefined };

export const idle: Placing = { state: 'idle' };

/** A repetition is told the same; so whatever else was sent under the key, this is its outcome. */
const verdicts: ReadonlySet<ErrorCode> = new Set([
  'outOfStock',
  'unknownProduct',
  'keyReused',
  'orderVoided',
  'invalid',
]);

/** Refused, and yet it may be under way or done. */
const doubts: ReadonlySet<ErrorCode> = new Set(['inFlight', 'requestTimeout']);

/** What comes after an event; the same thing when it changes nothing. */
export function after(placing: Placing, event: Event): Placing {
  if (event.kind === 'tried') return afterTry(placing, event);
  if (event.kind === 'heard') return afterHearing(placing, event.attempt);
  if (event.kind === 'givenUp') {
    return placing.state === 'unresolved'
      ? { state: 'callingOff', attempt: placing.attempt }
      : placing;
  }
  // Answers are for what is under way only.
  if (placing.state !== 'placing' && placing.state !== 'callingOff') return placing;
  return event.kind === 'failed' ? afterFailure(placing, event.problem) : idle;
}

function afterTry(placing: Placing, { userId, newKey }: Event & { kind: 'tried' }): Placing {
  if (isUnderWay(placing)) return placing;
  // A key speaks of one user's orders: under another one it would order a second time.
  const isAgain = placing.state === 'unresolved' && placing.attempt.userId === userId;
  const attempt = isAgain ? placing.attempt : { key: newKey, userId };
  return { state: 'placing', attempt, isAgain };
}

function afterFailure(
  placing: Placing & { state: 'placing' | 'callingOff' },
  problem: AppError,
): Placing {
  const { attempt } = placing;
  if (verdicts.has(problem.code)) return { state: 'refused', problem };
  const isFirst = placing.state === 'placing' && !placing.isAgain;
  const mayBeDone = problem.status >= 500 || doubts.has(problem.code);
  if (isFirst && !mayBeDone) return { state: 'refused', problem };
  return { state: 'unresolved', attempt, problem };
}

function afterHearing(placing: Placing, attempt: Attempt | undefined): Placing {
  // What this page itself has sent is answered to this page.
  if (isUnderWay(placing) || attemptIn(placing)?.key === attempt?.key) return placing;
  return attempt ? { state: 'unresolved', attempt } : idle;
}

export function isUnderWay(
  placing: Placing,
): placing is Placing & { state: 'placing' | 'callingOff' } {
  return placing.state === 'placing' || placing.state === 'callingOff';
}

/** While it is open what was ordered under the key, the lines must stay as they were sent. */
export const isLocked = (placing: Placing): boolean => attemptIn(placing) !== undefined;

/** What has to be kept, so that nothing is ordered twice whatever happens to the page. */
export function attemptIn(placing: Placing): Attempt | undefined {
  return 'attempt' in placing ? placing.attempt : undefined;
}

export type ShortLine = { productId: string; asked: number; available: number };

/** The lines that a refusal names as short. */
export function shortLinesIn(placing: Placing): readonly ShortLine[] {
  const { lines } = detailsOf(placing, 'outOfStock') as { lines?: unknown };
  return Array.isArray(lines) ? (lines as ShortLine[]) : [];
}

/** The products that a refusal does not know. */
export function unknownIn(placing: Placing): readonly string[] {
  const { productIds } = detailsOf(placing, 'unknownProduct') as { productIds?: unknown };
  return Array.isArray(productIds) ? (productIds as string[]) : [];
}

function detailsOf(placing: Placing, code: ErrorCode): object {
  const isIt = placing.state === 'refused' && placing.problem.code === code;
  return isIt ? { ...(placing.problem.details as object) } : {};
}
