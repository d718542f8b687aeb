import { spotOf } from './geo.ts';

/** Coasts are told in hundredths of a degree, which are a kilometre or less. */
export const landUnitsPerDegree = 100;

/** A coast on the map of the world: x and y by turns, and the box around them. */
export type Ring = {
  spots: Float64Array;
  west: number;
  east: number;
  north: number;
  south: number;
};

/** Each point comes as the way from the one before it. */
export function ringOf(steps: readonly number[]): Ring {
  const spots = new Float64Array(steps.length);
  let [longitude, latitude] = [0, 0];
  for (let i = 0; i < steps.length; i += 2) {
    longitude += steps[i] ?? 0;
    latitude += steps[i + 1] ?? 0;
    const spot = spotOf({
      latitude: latitude / landUnitsPerDegree,
      longitude: longitude / landUnitsPerDegree,
    });
    spots[i] = spot.x;
    spots[i + 1] = spot.y;
  }
  const xs = spots.filter((_, i) => i % 2 === 0);
  const ys = spots.filter((_, i) => i % 2 === 1);
  return {
    spots,
    west: Math.min(...xs),
    east: Math.max(...xs),
    north: Math.min(...ys),
    south: Math.max(...ys),
  };
}
