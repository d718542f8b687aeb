import { dateTime, exactTime } from '../base/format.ts';

/** A moment as the reader writes it; exactly, when pointed at. */
export function Time({ at }: { at: string }) {
  return (
    <time dateTime={at} title={exactTime(at)}>
      {dateTime(at)}
    </time>
  );
}
