/** Bounds what trying again adds: when all fails, a service in need is not asked twice as much. */
export type RetryBudget = {
  /** Every call adds its share. */
  earn(): void;
  /** Whether one more try may be made; then it is paid. */
  spend(): boolean;
};

const shareOfCalls = 0.1;
/** So many tries at once for a moment of bad luck, such as a restart. */
const savedMax = 10;

export function createRetryBudget(): RetryBudget {
  let saved = savedMax;
  return {
    earn() {
      saved = Math.min(savedMax, saved + shareOfCalls);
    },
    spend() {
      if (saved < 1) return false;
      saved -= 1;
      return true;
    },
  };
}
