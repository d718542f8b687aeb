import { invalid, type FieldError } from './errors.ts';

const form = /^(\d{4})-(\d{2})-(\d{2})[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** The milliseconds of an RFC 3339 time; nothing for what is not one, such as the 30th of February. */
export function readTime(text: string): number | undefined {
  const [, year, month, day] = form.exec(text) ?? [];
  if (day === undefined) return undefined;
  const ms = Date.parse(text.toUpperCase());
  // Date.parse takes the 30th of February for the 2nd of March.
  const isOnCalendar =
    Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number.isNaN(ms) || !isOnCalendar ? undefined : ms;
}

/** The same for a field of a request. */
export function expectTime(text: string, pointer: string, where: FieldError['in'] = 'query'): Date {
  const ms = readTime(text);
  if (ms === undefined) throw invalid(where, pointer, 'is not a time of RFC 3339');
  return new Date(ms);
}
