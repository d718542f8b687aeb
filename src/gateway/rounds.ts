type Parts = {
  /** The steps of one round. */
  round: () => Iterator<void>;
  /** So often at most, when there is always something to do. */
  everyMs: number;
  /** What is wanted soon may wait for so long. */
  lookMs: number;
};

export type Rounds = {
  /** There is something to do: at once in quiet times, else with what else has come by then. */
  wanted: () => void;
  /** There may be something to do after a while. */
  wantedSoon: () => void;
  /** There is so much to do that it cannot wait; a round that has begun must be enough, though. */
  urgent: () => void;
  close: () => void;
};

/** So long others may have to wait for us. */
const sliceMs = 15;
const stepsAtOnce = 32;

/** Makes rounds that take at most half of the time, and let others in between. */
export function createRounds({ round, everyMs, lookMs }: Parts): Rounds {
  let isOn = false;
  let isWanted = false;
  let notBeforeMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let immediate: NodeJS.Immediate | undefined;
  let looking: NodeJS.Timeout | undefined;

  function begin(): void {
    clearTimers();
    isOn = true;
    isWanted = false;
    goOn(round(), performance.now());
  }

  function goOn(steps: Iterator<void>, beganAtMs: number): void {
    if (!runSlice(steps)) {
      immediate = setImmediate(goOn, steps, beganAtMs);
      return;
    }
    isOn = false;
    immediate = undefined;
    notBeforeMs = beganAtMs + Math.max(everyMs, 2 * (performance.now() - beganAtMs));
    if (isWanted) wanted();
  }

  function wanted(): void {
    isWanted = true;
    if (isOn || timer || immediate) return;
    const waitMs = notBeforeMs - performance.now();
    if (waitMs > 0) timer = setTimeout(begin, waitMs);
    else immediate = setImmediate(begin);
  }

  function look(): void {
    looking = undefined;
    wanted();
  }

  function clearTimers(): void {
    clearTimeout(timer);
    clearTimeout(looking);
    clearImmediate(immediate);
    timer = undefined;
    looking = undefined;
    immediate = undefined;
  }

  return {
    wanted,
    wantedSoon: () => void (looking ??= setTimeout(look, lookMs).unref()),
    urgent: () => void (isOn || begin()),
    close: clearTimers,
  };
}

/** Whether that was all. */
function runSlice(steps: Iterator<void>): boolean {
  const untilMs = performance.now() + sliceMs;
  while (performance.now() < untilMs) {
    for (let i = 0; i < stepsAtOnce; i += 1) if (steps.next().done) return true;
  }
  return false;
}
