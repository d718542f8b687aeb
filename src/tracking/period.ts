import { expectTime } from '../platform/times.ts';
import { invalid } from '../platform/errors.ts';

/** From one time to another, both included. */
export type Period = { fromMs: number; toMs: number };

const dayMs = 86_400_000;
const daysMax = 31;

/** The time that somebody asks about: the last day, as far as nothing else is said. */
export function periodOf({ from, to }: { from?: string; to?: string }, now: Date): Period {
  const toMs = to === undefined ? now.getTime() : expectTime(to, '/to').getTime();
  const fromMs = from === undefined ? toMs - dayMs : expectTime(from, '/from').getTime();
  if (fromMs > toMs) throw invalid('query', '/from', 'is later than `to`, or than now');
  if (toMs - fromMs > daysMax * dayMs) {
    throw invalid('query', '/from', `is more than ${daysMax} days before \`to\``);
  }
  return { fromMs, toMs };
}
