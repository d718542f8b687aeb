export type Place = { latitude: number; longitude: number };

/** The mean radius: a sphere of this size is off by half a percent at most. */
export const earthRadiusMeters = 6_371_008.8;

export const radians = (angle: number): number => (angle * Math.PI) / 180;
export const degrees = (angle: number): number => (angle * 180) / Math.PI;

/** The way from one place to another over the sphere. */
export function distanceMeters(from: Place, to: Place): number {
  const halfLatitude = Math.sin(radians(to.latitude - from.latitude) / 2);
  const halfLongitude = Math.sin(radians(to.longitude - from.longitude) / 2);
  const haversine =
    halfLatitude ** 2 +
    Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * halfLongitude ** 2;
  // Rounding may take it a hair above 1 for places on opposite sides.
  return 2 * earthRadiusMeters * Math.asin(Math.sqrt(Math.min(1, haversine)));
}

/** Between two meridians and two parallels; a west greater than its east crosses the date line. */
export type Box = { west: number; south: number; east: number; north: number };

/** The same as boxes that do not cross the date line, whose meridian has two names: -180 and 180. */
export function simpleBoxes(box: Box): Box[] {
  const { west, east } = box;
  if (west > east) {
    return [
      { ...box, east: 180 },
      { ...box, west: -180 },
    ];
  }
  if (east === 180 && west > -180) return [box, { ...box, west: -180, east: -180 }];
  if (west === -180 && east < 180) return [box, { ...box, west: 180, east: 180 }];
  return [box];
}

/** About a tenth of a millimetre, which is more than rounding takes away. */
const slackDegrees = 1e-9;
/** Beyond it a circle may reach around the pole, or so near to it that rounding decides. */
const polarDegrees = 89;

/** Boxes that hold the whole circle and, but for the polar regions, as little else as they can. */
export function boxesAround({ latitude, longitude }: Place, radiusMeters: number): Box[] {
  const reach = degrees(radiusMeters / earthRadiusMeters) + slackDegrees;
  const south = Math.max(-90, latitude - reach);
  const north = Math.min(90, latitude + reach);
  if (south < -polarDegrees || north > polarDegrees) {
    return [{ west: -180, south, east: 180, north }];
  }
  // The circle is widest not at its centre but where a meridian touches it, nearer to the pole.
  const sine = Math.sin(radians(reach)) / Math.cos(radians(latitude));
  const width = degrees(Math.asin(sine)) + slackDegrees;
  const west = longitude - width;
  const east = longitude + width;
  return simpleBoxes({
    west: west < -180 ? west + 360 : west,
    south,
    east: east > 180 ? east - 360 : east,
    north,
  });
}
