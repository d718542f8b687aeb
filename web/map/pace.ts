/** Does something soon, once for all who ask meanwhile. */
export function createPace(work: () => void) {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  return {
    within(waitMs: number): void {
      waiting ??= setTimeout(() => {
        waiting = undefined;
        work();
      }, waitMs);
    },
    stop: () => clearTimeout(waiting),
  };
}
