import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { AppError } from '../../src/platform/errors.ts';
import { clock, duration } from '../base/format.ts';
import { Failure, Notice } from '../parts/notice.tsx';

type Props = {
  problem: AppError | undefined;
  what?: string;
  /** Those that say themselves what is wrong with them. */
  fields?: readonly string[];
};

/** What was refused, as far as no field says it; and until when there is no use in trying. */
export function Refused({ problem, what, fields = [] }: Props) {
  const seconds = problem?.code === 'rateLimited' ? problem.retryAfterSeconds : undefined;
  const until = useMemo(() => clock(Date.now() + (seconds ?? 0) * 1_000), [problem]);
  if (!problem) return null;
  if (problem.errors?.every(({ pointer }) => fields.includes(pointer.slice(1)))) return null;
  if (seconds === undefined) return <Failure problem={problem} {...(what && { what })} />;
  return (
    <Notice kind="bad">
      {what && <strong>{what} </strong>}
      There were too many tries. Wait {duration(seconds)}, until {until}, and try again.
    </Notice>
  );
}

/** Leads the reader to the first field of a form that was refused. */
export function useWrongField(problem: AppError | undefined) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (problem?.errors) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  }, [problem]);
  return form;
}
