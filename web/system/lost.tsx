import { useLayoutEffect, useRef } from 'preact/hooks';
import type { AppError } from '../../src/platform/errors.ts';
import { clock } from '../base/format.ts';
import { Button } from '../parts/button.tsx';

type Props = { problem: AppError; at: string; again: () => void };

/** What is shown is old, why, and what happens next. */
export function Lost({ problem, at, again }: Props) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const shown = place.current;
    return () => {
      // The button goes away with what it was for; who stood on it begins at the top.
      const isHere = shown?.contains(document.activeElement);
      if (isHere) document.querySelector('h1')?.focus({ preventScroll: true });
    };
  }, []);
  const isAway = problem.code === 'unavailable' || problem.code === 'deadlineExceeded';
  return (
    <div ref={place}>
      <p>
        <strong>{isAway ? 'Bazar did not answer.' : problem.message}</strong> This is what was known
        at {clock(at)}; the page goes on by itself when Bazar is back.
      </p>
      <Button small onPress={again}>
        Try now
      </Button>
    </div>
  );
}
