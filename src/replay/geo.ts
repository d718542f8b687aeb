type Place = { latitude: number; longitude: number };

const earthRadiusMeters = 6_371_008.8;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** The way along the great circle. */
export function distanceMeters(from: Place, to: Place): number {
  const north = Math.sin(radians(to.latitude - from.latitude) / 2) ** 2;
  const east = Math.sin(radians(to.longitude - from.longitude) / 2) ** 2;
  const flat = Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude));
  return 2 * earthRadiusMeters * Math.asin(Math.min(1, Math.sqrt(north + flat * east)));
}

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
