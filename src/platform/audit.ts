import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { repeat, type Repeated } from './repeat.ts';

/** What contradicts a rule of the books: there is a bug, or somebody has changed the data by hand. */
export type Violation = { invariant: string; subject: string; detail: string };

/** Of one rule no more are looked for: by then it is clear what is wrong. */
export const violationsMax = 100;

type Options = {
  name: string;
  /** All that may be found, so that each can be counted from nothing on. */
  invariants: readonly string[];
  everyMs: number;
  /** May end early, with less than everything, once `closing` says so. */
  audit: (closing: AbortSignal) => Promise<Violation[]>;
  log: Log;
  metrics: Pick<Metrics, 'invariantViolations' | 'lastAudit'>;
};

/** An audit that takes long comes less often: it may have this part of one connection's time. */
const shareMax = 1 / 10;

/** Checks the books of a service every so often, and says loudly what does not add up. */
export function openAuditor(options: Options): Repeated {
  const { name, invariants, everyMs, audit, log, metrics } = options;
  const closing = new AbortController();
  for (const invariant of invariants) {
    metrics.invariantViolations.inc({ service: name, invariant }, 0);
  }

  let notBeforeMs = 0;

  async function round(): Promise<boolean> {
    const startedAtMs = performance.now();
    if (startedAtMs < notBeforeMs) return false;
    const violations = await audit(closing.signal);
    for (const { invariant, subject, detail } of violations) {
      log.error({ invariant, subject, detail }, 'the books do not add up');
      metrics.invariantViolations.inc({ service: name, invariant });
    }
    const endedAtMs = performance.now();
    notBeforeMs = startedAtMs + (endedAtMs - startedAtMs) / shareMax;
    if (!closing.signal.aborted) metrics.lastAudit.setToCurrentTime({ service: name });
    return false;
  }

  const rounds = repeat({ name: `audit of ${name}`, everyMs, round, log });
  return {
    poke: () => rounds.poke(),
    close() {
      closing.abort();
      return rounds.close();
    },
  };
}
