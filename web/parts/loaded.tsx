import type { ComponentChildren } from 'preact';
import type { Loaded } from '../base/load.ts';
import { Failure, Waiting } from './notice.tsx';

type Props<T> = {
  of: Loaded<T>;
  rows?: number;
  /** What could not be done, when it fails. */
  what?: string;
  children: (value: T) => ComponentChildren;
};

/** Shows what was loaded; before that bones, and beside it what went wrong the last time. */
export function Shown<T>({ of, rows = 3, what, children }: Props<T>) {
  const value = of.value.value;
  const problem = of.problem.value;
  return (
    <>
      {problem && <Failure problem={problem} again={of.again} {...(what && { what })} />}
      {value === undefined ? !problem && <Waiting rows={rows} /> : children(value)}
    </>
  );
}
