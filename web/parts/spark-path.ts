import type { Values } from './plot-words.ts';

/** The box that a small plot is drawn in, whatever its size on the page. */
export const sparkBox = { width: 100, height: 32 };

type Spot = readonly [x: number, y: number];

/** A line and the area below it; where nothing was measured both have a gap. */
export function sparkPaths(values: Values): { line: string; area: string } {
  const { width, height } = sparkBox;
  const known = values.filter((value) => value !== null);
  const top = Math.max(...known, 0) || 1;
  const spotOf = (value: number, i: number): Spot => [
    rounded((width * i) / Math.max(1, values.length - 1)),
    rounded(height - (height * Math.max(0, value)) / top),
  ];
  const runs = runsOf(values, spotOf);
  return {
    // A point alone becomes a line without length, whose round ends are a dot.
    line: runs.map((run) => `M${through(run)}${run.length === 1 ? 'h0' : ''}`).join(''),
    area: runs
      .filter((run) => run.length > 1)
      .map((run) => `M${run[0]?.[0]} ${height}L${through(run)}L${run.at(-1)?.[0]} ${height}z`)
      .join(''),
  };
}

/** Which value is under a place between the left end, 0, and the right end, 1. */
export function sparkIndex(share: number, count: number): number | undefined {
  if (count === 0) return undefined;
  return Math.min(count - 1, Math.max(0, Math.round(share * (count - 1))));
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function through(run: readonly Spot[]): string {
  return run.map(([x, y]) => `${x} ${y}`).join('L');
}

function runsOf(values: Values, spotOf: (value: number, i: number) => Spot): Spot[][] {
  const runs: Spot[][] = [];
  for (const [i, value] of values.entries()) {
    if (value === null) continue;
    const before = values[i - 1];
    if (before === null || before === undefined) runs.push([]);
    runs.at(-1)?.push(spotOf(value, i));
  }
  return runs;
}
