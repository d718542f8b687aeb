import type { Answer } from './connection.ts';
import { createHistogram, type Histogram } from './histogram.ts';
import type { Second, Spread } from './load-spec.ts';

/** Counts within the measured time, as a whole and for each second of it. */
export function createTally() {
  const [accepted, refused, recent] = [createHistogram(), createHistogram(), createHistogram()];
  const seconds: Second[] = [];
  const statuses: Record<string, number> = {};
  const examples: Record<string, string> = {};
  let withRetryAfter = 0;
  let isOn = false;
  let secondEndsAtMs = Infinity;
  let others = 0;
  function closeSecond(): void {
    seconds.push({ accepted: recent.count(), refused: others, p99Ms: recent.quantileMs(0.99) });
    recent.clear();
    others = 0;
    secondEndsAtMs += 1_000;
  }
  return {
    begin() {
      isOn = true;
      secondEndsAtMs = performance.now() + 1_000;
    },
    count({ status, hasRetryAfter, text }: Answer, startedAtMs: number) {
      if (!isOn) return;
      const nowMs = performance.now();
      while (nowMs >= secondEndsAtMs) closeSecond();
      statuses[status] = (statuses[status] ?? 0) + 1;
      const us = (nowMs - startedAtMs) * 1_000;
      if (status === 201) {
        accepted.add(us);
        recent.add(us);
        return;
      }
      refused.add(us);
      examples[status] ??= text;
      others += 1;
      if (hasRetryAfter) withRetryAfter += 1;
    },
    end() {
      isOn = false;
      const [ok, not] = [spread(accepted), spread(refused)];
      return { accepted: accepted.count(), ok, not, statuses, examples, withRetryAfter, seconds };
    },
  };
}

function spread(histogram: Histogram): Spread {
  return {
    p50Ms: histogram.quantileMs(0.5),
    p99Ms: histogram.quantileMs(0.99),
    p999Ms: histogram.quantileMs(0.999),
  };
}
