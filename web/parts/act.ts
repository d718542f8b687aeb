import { useSignal, type ReadonlySignal } from '@preact/signals';
import type { AppError } from '../../src/platform/errors.ts';
import { refusalOf } from '../base/load.ts';

export type Act = {
  isBusy: ReadonlySignal<boolean>;
  problem: ReadonlySignal<AppError | undefined>;
  /** Does it, unless it is being done; says whether it worked. */
  run: (work: () => Promise<unknown>) => Promise<boolean>;
  forget: () => void;
};

/** Something the reader does: under way once at a time, and what went wrong is kept to be shown. */
export function useAct(): Act {
  const isBusy = useSignal(false);
  const problem = useSignal<AppError | undefined>(undefined);
  return {
    isBusy,
    problem,
    async run(work) {
      if (isBusy.value) return false;
      isBusy.value = true;
      try {
        await work();
        problem.value = undefined;
        return true;
      } catch (error) {
        problem.value = refusalOf(error);
        return false;
      } finally {
        isBusy.value = false;
      }
    },
    forget: () => {
      problem.value = undefined;
    },
  };
}
