import { invalid } from '../platform/errors.ts';

export type Place = { latitude: number; longitude: number };

export type Box = { west: number; south: number; east: number; north: number };

/** What `west,south,east,north` says, in degrees. */
export function readBox(text: string): Box {
  const numbers = text.split(',').map(Number);
  const [west = NaN, south = NaN, east = NaN, north = NaN] = numbers;
  const areDegrees = [west, east].every((degrees) => Math.abs(degrees) <= 180);
  if (numbers.length !== 4 || !areDegrees || !(south >= -90 && north <= 90)) {
    throw invalid('query', '/box', 'is not west,south,east,north in degrees');
  }
  if (south > north) throw invalid('query', '/box', 'has its south north of its north');
  return { west, south, east, north };
}

/** Its edges belong to it. Where west lies east of east, it crosses the date line. */
export function isIn({ west, south, east, north }: Box, { latitude, longitude }: Place): boolean {
  if (latitude < south || latitude > north) return false;
  if (west <= east) return longitude >= west && longitude <= east;
  return longitude >= west || longitude <= east;
}
