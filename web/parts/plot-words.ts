import { number } from '../base/format.ts';

export type Values = readonly (number | null)[];
export type Line = {
  label: string;
  values: Values;
  /** Which colour of the theme: `--plot-1` and so on. */
  color?: 1 | 2 | 3 | 4;
};

type Told = { unit: string; lines: readonly Line[]; digits?: number };

/** What a plot shows, for those who do not see it. */
export function inWords({ unit, lines, digits = 1 }: Told): string {
  return lines
    .map(({ label, values }) => {
      const known = values.filter((value) => value !== null);
      const newest = known.at(-1);
      if (newest === undefined) return `${label} nothing yet`;
      const [low, high] = [Math.min(...known), Math.max(...known)].map((value) =>
        number(value, digits),
      );
      return `${label} last ${number(newest, digits)} ${unit}, between ${low} and ${high}`;
    })
    .join('; ');
}

/** Measured alone, with nothing before and nothing after: a line does not show them. */
export function loneIndexes(values: Values): number[] {
  const isThere = (i: number) => typeof values[i] === 'number';
  return [...values.keys()].filter((i) => isThere(i) && !isThere(i - 1) && !isThere(i + 1));
}

/** From the lowest to the highest of the scale, with some room. */
export function rangeOf(
  low: number | null,
  high: number | null,
  fromZero: boolean,
): [number, number] {
  const bottom = fromZero ? Math.min(0, low ?? 0) : (low ?? 0);
  const top = high ?? 1;
  const room = (top - bottom || 1) * 0.08;
  return [bottom < 0 || !fromZero ? bottom - room : bottom, top + room];
}

/** Marks of time between which so many seconds pass, as the reader writes it. */
export function timeForm(stepSeconds: number): (seconds: number) => string {
  const day = { day: 'numeric', month: 'short' } as const;
  const minute = { hour: '2-digit', minute: '2-digit' } as const;
  const second = { ...minute, second: '2-digit' } as const;
  const parts = stepSeconds >= 86_400 ? day : stepSeconds >= 60 ? minute : second;
  const form = new Intl.DateTimeFormat(navigator.language, parts);
  return (seconds) => form.format(seconds * 1_000);
}
