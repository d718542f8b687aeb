import type { AppError, ErrorCode } from './errors.ts';
import { detailLengthMax, reportBounds, type ReportFields } from './report-shapes.ts';

export type RecentError = ReportFields['recentErrors'][number];
export type RecentErrors = ReturnType<typeof createRecentErrors>;

type Asked = Pick<RecentError, 'operation' | 'requestId' | 'traceId'>;

/** A fault of ours or of what we need; who is refused because we are busy is only counted. */
const faults = new Set<ErrorCode>([
  'internal',
  'unavailable',
  'outcomeUnknown',
  'deadlineExceeded',
]);

/** The newest answers that somebody should look into. */
export function createRecentErrors(now: () => Date = () => new Date()) {
  const errors: RecentError[] = [];

  /** Takes of all refusals those that are faults. */
  function note({ code, status, message }: AppError, askedOf: () => Asked): void {
    if (!faults.has(code)) return;
    const detail = message.slice(0, detailLengthMax);
    errors.unshift({ at: now().toISOString(), status, code, detail, ...askedOf() });
    if (errors.length > reportBounds.errorsMax) errors.pop();
  }

  return { note, newestFirst: (): RecentError[] => [...errors] };
}
