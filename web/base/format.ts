/** Numbers and times as the reader writes them; words are English. */
const locale = navigator.language;

const moneyForms = new Map<string, Intl.NumberFormat>();

export function money(cents: number, currency: string): string {
  const form =
    moneyForms.get(currency) ?? new Intl.NumberFormat(locale, { style: 'currency', currency });
  moneyForms.set(currency, form);
  // Of every currency Bazar counts hundredths, also of those that have none.
  return form.format(cents / 100);
}

export function number(value: number, digitsMax = 0): string {
  return value.toLocaleString(locale, { maximumFractionDigits: digitsMax });
}

const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long' });
const clockForm = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });

export const dateTime = (time: string | number): string => moment.format(new Date(time));
export const exactTime = (time: string | number): string => exact.format(new Date(time));
export const clock = (time: string | number): string => clockForm.format(new Date(time));

const ago = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const steps = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** "2 minutes ago". */
export function since(seconds: number): string {
  const [unit, length] = steps.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
  return ago.format(-Math.trunc(seconds / length), unit);
}

/** "2 h 5 min". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.trunc(whole / 86_400), 'd'],
    [Math.trunc(whole / 3_600) % 24, 'h'],
    [Math.trunc(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).slice(0, 2);
  return shown.length > 0 ? shown.map(([count, unit]) => `${count} ${unit}`).join(' ') : '0 s';
}

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function bytes(count: number): string {
  const power = Math.min(byteUnits.length - 1, Math.trunc(Math.log2(Math.max(1, count)) / 10));
  return `${number(count / 1024 ** power, power === 0 ? 0 : 1)} ${byteUnits[power]}`;
}

/** "1 order", "2 orders". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}
