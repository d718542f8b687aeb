const firstWaitMs = 1_000;
const waitMsMax = 20_000;

/** How long to wait after so many failures in a row; those who failed together come back apart. */
export function waitMsAfter(failures: number, chance = Math.random()): number {
  return Math.min(firstWaitMs * 2 ** (failures - 1), waitMsMax) * (0.5 + chance / 2);
}

/** Waits, but only until the network is back, or until nobody waits for it any more. */
export async function pause(ms: number, over: AbortSignal): Promise<void> {
  const late = AbortSignal.timeout(ms);
  const done = new AbortController();
  const { signal } = done;
  await new Promise<void>((resolve) => {
    const end = () => resolve();
    late.addEventListener('abort', end, { signal });
    over.addEventListener('abort', end, { signal });
    globalThis.addEventListener('online', end, { signal });
  });
  done.abort();
}

/** Tries until it works; after each failure it waits longer. */
export async function insist(work: () => Promise<unknown>): Promise<void> {
  const { signal } = new AbortController();
  const tried = () =>
    work().then(
      () => true,
      () => false,
    );
  let failures = 0;
  // oxlint-disable-next-line no-await-in-loop -- one try after the other
  while (!(await tried())) {
    failures += 1;
    // oxlint-disable-next-line no-await-in-loop -- the same
    await pause(waitMsAfter(failures), signal);
  }
}
