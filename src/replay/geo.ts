import { earthRadiusMeters, radians, type Place } from '../tracking/geo.ts';

/** Where a few metres in a direction lead; the earth counts as flat for so short a step. */
export function moved({ latitude, longitude }: Place, meters: number, bearing: number): Place {
  const north = (meters * Math.cos(radians(bearing))) / radians(earthRadiusMeters);
  const east = (meters * Math.sin(radians(bearing))) / radians(earthRadiusMeters);
  return {
    latitude: latitude + north,
    longitude: longitude + east / Math.cos(radians(latitude)),
  };
}

/** Degrees clockwise from north, over a distance that is flat. */
export function bearingTo(from: Place, to: Place): number {
  const north = to.latitude - from.latitude;
  const east = (to.longitude - from.longitude) * Math.cos(radians(from.latitude));
  return (Math.atan2(east, north) * (180 / Math.PI) + 360) % 360;
}
