import type { Traced } from '../platform/trace.ts';
import { endSpan } from '../platform/tracing.ts';

/** More at once are as good as told. */
const untoldMax = 1_000;

/** The spans of what was heard and not told yet. */
export function createUntold() {
  let traces: Traced[] = [];
  return {
    add(trace: Traced | undefined): void {
      if (!trace) return;
      if (traces.length < untoldMax) traces.push(trace);
      else endSpan(trace);
    },

    /** Those until now; whoever takes them ends them. */
    take(): readonly Traced[] {
      const taken = traces;
      if (taken.length > 0) traces = [];
      return taken;
    },
  };
}
