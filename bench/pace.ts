import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadSpec } from './load-spec.ts';
import type { Slot } from './requests.ts';

/** Decides when the next request is sent, and over which connection. */
export type Pace = {
  start: (slots: Slot[]) => void;
  /** This connection was answered. */
  next: (slot: Slot, isRefused: boolean) => void;
  /** Requests that should have been sent, but found no place. */
  dropped: () => number;
  stop: () => Promise<void>;
};

type Send = (slot: Slot, startedAtMs: number) => void;

const tickMs = 1;
const drainMsMax = 10_000;
const drainPollMs = 10;
/** Who was refused waits as a good client does, or the refusals would be the load. */
const refusedWaitMs = 1_000;

/** Each connection asks again as soon as it was answered. */
export function closedPace({ pauseMs }: LoadSpec, send: Send): Pace {
  let isOver = false;
  let busy = 0;
  const { promise: drained, resolve } = Promise.withResolvers<void>();
  const again = (slot: Slot) => {
    if (isOver) return;
    busy += 1;
    send(slot, performance.now());
  };
  return {
    start: (slots: Slot[]) => slots.forEach(again),
    next(slot: Slot, isRefused: boolean) {
      busy -= 1;
      if (isOver && busy === 0) resolve();
      else if (isRefused) setTimeout(again, refusedWaitMs, slot);
      else if (pauseMs) setTimeout(again, pauseMs * (0.5 + Math.random()), slot);
      else again(slot);
    },
    dropped: () => 0,
    async stop() {
      isOver = true;
      if (busy > 0) await Promise.race([drained, sleep(drainMsMax)]);
    },
  };
}

/** Arrivals come by chance at a given rate, whether or not those before were answered. */
export function openPace({ perSecond = 1, queueMax = 0, connections }: LoadSpec, send: Send): Pace {
  const free: Slot[] = [];
  const waiting: number[] = [];
  let head = 0;
  let isOver = false;
  let dropped = 0;
  let nextAtMs = 0;
  function arrive(atMs: number): void {
    // The one that rested longest: one that is never used would be closed.
    const slot = free.shift();
    if (slot) send(slot, atMs);
    else if (waiting.length - head < queueMax) waiting.push(atMs);
    else dropped += 1;
  }
  function tick(): void {
    if (isOver) return;
    const nowMs = performance.now();
    while (nextAtMs <= nowMs) {
      arrive(nextAtMs);
      nextAtMs -= (Math.log(1 - Math.random()) * 1_000) / perSecond;
    }
    setTimeout(tick, tickMs);
  }
  return {
    start(slots: Slot[]) {
      free.push(...slots);
      nextAtMs = performance.now();
      tick();
    },
    next(slot: Slot) {
      if (head === waiting.length || isOver) {
        free.push(slot);
        return;
      }
      send(slot, waiting[head] ?? 0);
      head += 1;
      if (head > 1_024 && head * 2 > waiting.length) {
        waiting.splice(0, head);
        head = 0;
      }
    },
    dropped: () => dropped,
    async stop() {
      isOver = true;
      const endsAtMs = performance.now() + drainMsMax;
      // oxlint-disable-next-line no-await-in-loop -- waiting is all it does
      while (free.length < connections && performance.now() < endsAtMs) await sleep(drainPollMs);
    },
  };
}
