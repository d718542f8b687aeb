import { useRef } from 'preact/hooks';
import type { AppError, ErrorCode } from '../../src/platform/errors.ts';
import { newKey } from '../base/key.ts';
import { useAct, type Act } from '../parts/act.ts';

/** After these nobody knows whether it was done. */
const unsure: ReadonlySet<ErrorCode> = new Set([
  'unavailable',
  'deadlineExceeded',
  'outcomeUnknown',
  'inFlight',
  'internal',
]);

export const isUnsure = (problem: AppError | undefined): boolean =>
  problem !== undefined && unsure.has(problem.code);

type Keyed = Omit<Act, 'run'> & {
  isUnsure: boolean;
  run: (work: (key: string) => Promise<unknown>) => Promise<boolean>;
};

/** Something that happens once, however often it is sent: its key is older than the first try. */
export function useKeyed(): Keyed {
  const act = useAct();
  const key = useRef<string | undefined>(undefined);
  return {
    ...act,
    isUnsure: isUnsure(act.problem.value),
    async run(work) {
      key.current ??= newKey();
      const mine = key.current;
      const isDone = await act.run(() => work(mine));
      // What was refused did not use it up, and what is not known must be sent with it again.
      if (isDone) key.current = undefined;
      return isDone;
    },
  };
}
