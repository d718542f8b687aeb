import { fixesMax, type Fix, type FixesReport } from '../tracking/shapes.ts';
import { backoffMs, type Clock } from './clock.ts';
import type { Batch, Outcome } from './poster.ts';

export type Counts = { sent: number; stored: number; known: number; refused: number };

export type Sender = {
  /** Waits while as much as may be is held already; false when there is no hope any more. */
  add: (vehicle: string, fix: Fix) => Promise<boolean>;
  /** Sends what is held; says how much could not be sent. */
  finish: () => Promise<number>;
  counts: Readonly<Counts>;
  /** Why there is no hope. */
  problem: () => string | undefined;
  /** What the newest fix was refused for. */
  refusedFor: () => string | undefined;
};

type Parts = {
  post: (batch: Batch, signal: AbortSignal) => Promise<Outcome>;
  key: string;
  clock: Clock;
  random: () => number;
  /** Gives up what is not sent yet. */
  giveUp: AbortSignal;
  onRetry: (why: string) => void;
  heldMax?: number;
  inFlightMax?: number;
};

/**
 * Sends fixes as they come. What piles up for a vehicle while its request is under way is its next
 * one; a request that fails is repeated, for a fix is known by its vehicle and its time.
 */
export function createSender(parts: Parts): Sender {
  const { giveUp, heldMax = 20_000, inFlightMax = 8 } = parts;
  const loads = createLoads();
  const tally = createTally();
  const busy = new Set<string>();
  let held = 0;
  let problem: string | undefined;
  const change = createChange();

  const isOver = () => problem !== undefined || giveUp.aborted;
  const deliver = createDelivery(parts, isOver);

  async function untilHeldAtMost(most: number): Promise<void> {
    if (isOver() || held <= most) return;
    await change.next();
    await untilHeldAtMost(most);
  }

  function begin(): void {
    while (busy.size < inFlightMax && !isOver()) {
      const load = loads.take(busy);
      if (!load) return;
      busy.add(load.vehicle);
      void deliver(load).then((outcome) => end(load, outcome));
    }
  }

  function end({ vehicle, fixes }: Load, outcome: Outcome): void {
    if (outcome.kind === 'hopeless') problem ??= outcome.why;
    else held -= tally.add(fixes.length, outcome);
    busy.delete(vehicle);
    begin();
    change.tell();
  }

  giveUp.addEventListener('abort', change.tell, { once: true });
  return {
    async add(vehicle, fix) {
      await untilHeldAtMost(heldMax - 1);
      if (isOver()) return false;
      loads.add(vehicle, fix);
      held += 1;
      begin();
      return true;
    },
    async finish() {
      await untilHeldAtMost(0);
      return held;
    },
    counts: tally.counts,
    problem: () => problem,
    refusedFor: tally.refusedFor,
  };
}

/** Wakes all who wait for something to be different. */
function createChange() {
  let next = Promise.withResolvers<void>();
  return {
    next: () => next.promise,
    tell: (): void => {
      next.resolve();
      next = Promise.withResolvers<void>();
    },
  };
}

type Load = { vehicle: string; fixes: Fix[] };

/** What waits, by vehicle, in the order in which they have begun to wait. */
function createLoads() {
  const loads = new Map<string, Fix[]>();
  return {
    add(vehicle: string, fix: Fix): void {
      const fixes = loads.get(vehicle);
      if (fixes) fixes.push(fix);
      else loads.set(vehicle, [fix]);
    },
    /** As much as one request may have, of the first who is not busy. */
    take(busy: ReadonlySet<string>): Load | undefined {
      const found = loads.entries().find(([vehicle]) => !busy.has(vehicle));
      if (!found) return undefined;
      const [vehicle, all] = found;
      const fixes = all.splice(0, fixesMax);
      loads.delete(vehicle);
      if (all.length > 0) loads.set(vehicle, all);
      return { vehicle, fixes };
    },
  };
}

/** Tries until there is an answer, or it is over. */
function createDelivery(parts: Parts, isOver: () => boolean) {
  const { post, key, clock, random, giveUp, onRetry } = parts;
  return async (load: Load): Promise<Outcome> => {
    let outcome = await post({ ...load, key }, giveUp);
    for (let failures = 1; outcome.kind === 'retry' && !isOver(); failures += 1) {
      onRetry(outcome.why);
      const ms = Math.max(backoffMs(failures, random), outcome.afterMs ?? 0);
      // oxlint-disable-next-line no-await-in-loop -- not at once
      await clock.wait(ms, giveUp);
      // oxlint-disable-next-line no-await-in-loop -- again
      outcome = await post({ ...load, key }, giveUp);
    }
    return outcome;
  };
}

function createTally() {
  const counts = { sent: 0, stored: 0, known: 0, refused: 0 };
  let refusedFor: string | undefined;

  function count({ stored, known, refused, results }: FixesReport): void {
    counts.stored += stored;
    counts.known += known;
    counts.refused += refused;
    if (refused > 0) refusedFor = results.findLast(({ reason }) => reason)?.reason ?? refusedFor;
  }

  return {
    counts,
    refusedFor: () => refusedFor,
    /** How many of them are settled: none, if it was given up to try again. */
    add(sent: number, outcome: Exclude<Outcome, { kind: 'hopeless' }>): number {
      if (outcome.kind === 'retry') return 0;
      counts.sent += sent;
      if (outcome.kind === 'done') count(outcome.report);
      else {
        counts.refused += sent;
        refusedFor = outcome.why;
      }
      return sent;
    },
  };
}
