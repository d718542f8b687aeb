import { readTime } from '../platform/times.ts';

const sinceEpoch = /^\d{1,13}(?:\.\d{1,9})?$/;
/** A plus that nobody encoded has become a space on its way through a query. */
const written =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)(?:[Zz]|([+ -])(\d{2}):?(\d{2}))?$/;

/** More than that are milliseconds: as seconds they would be beyond the year 5000. */
const secondsMax = 100_000_000_000;

/** The time that a phone means: a number since 1970, or a date and time, in UTC if not said. */
export function readPhoneTime(text: string): Date | undefined {
  if (sinceEpoch.test(text)) {
    const number = Number(text);
    return new Date(Math.round(number < secondsMax ? number * 1_000 : number));
  }
  const [, date, time, sign, hours, minutes] = written.exec(text) ?? [];
  if (date === undefined) return undefined;
  const zone = sign ? `${sign === '-' ? '-' : '+'}${hours}:${minutes}` : 'Z';
  const ms = readTime(`${date}T${time}${zone}`);
  return ms === undefined ? undefined : new Date(ms);
}
