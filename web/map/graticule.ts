/** Distances between two lines, in degrees. */
const steps = [90, 60, 30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
/** So near to each other lines and their labels are in each other's way. */
const spacePixelsMin = 90;

/** How far lines are from each other where so many pixels are a degree. */
export function stepFor(pixelsPerDegree: number): number {
  return steps.findLast((step) => step * pixelsPerDegree >= spacePixelsMin) ?? 90;
}

/** All lines from one edge of the picture to the other. */
export function linesBetween(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step);
  const count = Math.max(0, Math.floor(to / step) - first + 1);
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toFixed(6)));
}

type Sides = readonly [positive: string, negative: string];
const northSouth: Sides = ['N', 'S'];
const eastWest: Sides = ['E', 'W'];

export const latitudeLabel = (value: number): string => labelOf(value, northSouth);

/** Beyond the date line the world begins anew. */
export function longitudeLabel(value: number): string {
  return labelOf(value - 360 * Math.round(value / 360), eastWest);
}

function labelOf(value: number, [positive, negative]: Sides): string {
  const side = value > 0 ? positive : negative;
  const isNeither = value === 0 || Math.abs(value) === 180;
  return `${Number(Math.abs(value).toFixed(6))}°${isNeither ? '' : ` ${side}`}`;
}
