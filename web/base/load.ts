import { useEffect, useMemo } from 'preact/hooks';
import { signal, type ReadonlySignal } from '@preact/signals';
import { AppError } from '../../src/platform/errors.ts';

export type Loaded<T> = {
  /** What was answered last; kept while it is asked again, and when that fails. */
  value: ReadonlySignal<T | undefined>;
  problem: ReadonlySignal<AppError | undefined>;
  isLoading: ReadonlySignal<boolean>;
  again: () => void;
};

type Options = {
  /** Asks again so long after each answer, as long as somebody looks. */
  everyMs?: number;
};

const waitMsMax = 30_000;

/**
 * Asks when the page appears and whenever `about` changes. Asked regularly, it rests while the page
 * is hidden, and after a failure it waits longer each time, at least as long as Bazar asks for.
 */
export function useLoad<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  about: readonly unknown[],
  { everyMs }: Options = {},
): Loaded<T> {
  const state = useMemo(
    () => ({
      value: signal<T | undefined>(undefined),
      problem: signal<AppError | undefined>(undefined),
      isLoading: signal(true),
      again: (): void => undefined,
    }),
    [],
  );
  useEffect(() => {
    state.value.value = undefined;
    const asking = createAsking(ask, state, everyMs);
    state.again = asking.now;
    asking.now();
    document.addEventListener('visibilitychange', asking.look);
    return () => {
      document.removeEventListener('visibilitychange', asking.look);
      asking.stop();
    };
  }, about);
  return { ...state, again: () => state.again() };
}

type State<T> = {
  value: { value: T | undefined };
  problem: { value: AppError | undefined };
  isLoading: { value: boolean };
};

function createAsking<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  state: State<T>,
  everyMs: number | undefined,
) {
  let controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  async function now(): Promise<void> {
    clearTimeout(timer);
    controller.abort();
    const mine = new AbortController();
    controller = mine;
    state.isLoading.value = true;
    try {
      const value = await ask(mine.signal);
      if (mine.signal.aborted) return;
      state.value.value = value;
      state.problem.value = undefined;
      failures = 0;
    } catch (error) {
      if (mine.signal.aborted) return;
      state.problem.value = refusalOf(error);
      failures += 1;
    }
    state.isLoading.value = false;
    if (everyMs !== undefined) timer = setTimeout(look, waitMs(everyMs));
  }

  function waitMs(everyOkMs: number): number {
    if (failures === 0) return everyOkMs;
    const askedMs = (state.problem.value?.retryAfterSeconds ?? 0) * 1_000;
    return Math.max(askedMs, Math.min(everyOkMs * 2 ** failures, waitMsMax));
  }

  /** Nobody looks at a hidden page; when it is shown again, it is asked at once. */
  function look(): void {
    if (everyMs === undefined) return;
    clearTimeout(timer);
    if (document.visibilityState === 'visible') void now();
  }

  return {
    now: () => void now(),
    look,
    stop: () => {
      clearTimeout(timer);
      controller.abort();
    },
  };
}

/** Whatever is thrown, as something that can be shown. */
export function refusalOf(error: unknown): AppError {
  if (error instanceof AppError) return error;
  reportError(error);
  return new AppError('internal', 'Something went wrong on this page. Load it again.');
}
