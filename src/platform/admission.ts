/** What a request matters, and whether it takes long by its nature. */
export type Kind = { importance: 'high' | 'normal' | 'low'; slow: boolean };

export type Admission = {
  /** Whether there is room for one more of this kind; if so, it is under way. */
  enter(kind: Kind, nowMs: number): boolean;
  leave(kind: Kind, nowMs: number): void;
};

/**
 * How long one may have to wait, and of how many at most: what matters least gives way first. What
 * matters most is bounded by number alone, and by the time in the queues behind this door: in a flood
 * even refusing takes time, so that little ends, and a bound made of that would let in ever less.
 */
const bounds = {
  high: { waitMsMax: Infinity, inFlightShare: 1 },
  normal: { waitMsMax: 100, inFlightShare: 0.8 },
  low: { waitMsMax: 50, inFlightShare: 0.6 },
} as const;

/** So few are never refused for the time they would wait: a slow machine is not a busy one. */
const freelyInFlight = 64;

/**
 * Lets requests in as long as they can be answered soon. How long a new one would wait follows from
 * how many are under way and how many come to their end in a second (Little's law). What is slow by
 * its nature has a queue of its own, and says nothing of how long the others wait.
 */
export function createAdmission(inFlightMax: number): Admission {
  const speed = createSpeed();
  let inFlight = 0;
  let quickInFlight = 0;

  function hasRoom(importance: Kind['importance']): boolean {
    const { waitMsMax, inFlightShare } = bounds[importance];
    if (inFlight >= Math.ceil(inFlightMax * inFlightShare)) return false;
    if (importance === 'high' || quickInFlight < freelyInFlight) return true;
    return quickInFlight <= speed.perMs() * waitMsMax;
  }

  return {
    enter({ importance, slow }, nowMs) {
      speed.look(quickInFlight, nowMs);
      if (!hasRoom(importance)) return false;
      inFlight += 1;
      if (!slow) quickInFlight += 1;
      return true;
    },
    leave({ slow }, nowMs) {
      inFlight -= 1;
      if (slow) return;
      speed.look(quickInFlight, nowMs);
      speed.ended();
      quickInFlight -= 1;
    },
  };
}

const sliceMs = 100;
/** How far back the speed is measured. */
const memoryMs = 1_000;
/** With fewer than this under way on average, what ends is what comes, not what could end. */
const busyInFlight = 32;

/** How many requests end in a millisecond, of a process that has enough of them to do. */
function createSpeed() {
  let beganAtMs = 0;
  let lookedAtMs = 0;
  let endedInSlice = 0;
  /** Requests under way, times how long: divided by the time it is how many there were. */
  let inFlightMs = 0;
  let measuredMs = 0;
  let perMs = Infinity;

  function endSlice(nowMs: number): void {
    const tookMs = nowMs - beganAtMs;
    if (inFlightMs / tookMs < busyInFlight) {
      // What was measured before says nothing of the next rush.
      measuredMs = 0;
      perMs = Infinity;
    } else {
      measuredMs = Math.min(measuredMs + tookMs, Math.max(memoryMs, tookMs));
      const before = measuredMs === tookMs ? 0 : perMs;
      perMs = before + (endedInSlice / tookMs - before) * (tookMs / measuredMs);
    }
    beganAtMs = nowMs;
    endedInSlice = 0;
    inFlightMs = 0;
  }

  return {
    /** Infinite as long as nothing is known. */
    perMs: () => perMs,
    ended: () => void (endedInSlice += 1),
    look(inFlight: number, nowMs: number): void {
      inFlightMs += inFlight * (nowMs - lookedAtMs);
      lookedAtMs = nowMs;
      if (nowMs - beganAtMs >= sliceMs) endSlice(nowMs);
    },
  };
}
