import { radians, type Place } from '../../src/tracking/geo.ts';

/** On the map of the whole world, which is 1 wide and 1 high and begins in the north-west. */
export type Spot = { x: number; y: number };

/** Where the map of the world ends, because it is as high as it is wide. */
const latitudeMax = 85.0511287798;

export function spotOf({ latitude, longitude }: Place): Spot {
  const north = Math.min(latitudeMax, Math.max(-latitudeMax, latitude));
  const sine = Math.sin(radians(north));
  return {
    x: longitude / 360 + 0.5,
    y: 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI),
  };
}

export function placeOf({ x, y }: Spot): Place {
  const latitude = (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
  return { latitude, longitude: (x - 0.5) * 360 };
}

/** A place between two, over the shorter side of the world. */
export function between(from: Place, to: Place, share: number): Place {
  const east = to.longitude - from.longitude;
  const shorter = east - 360 * Math.round(east / 360);
  const longitude = from.longitude + shorter * share;
  return {
    latitude: from.latitude + (to.latitude - from.latitude) * share,
    longitude: longitude - 360 * Math.round(longitude / 360),
  };
}

/** South-west and north-east of all of them. */
export function boundsOf(places: Iterable<Place>): [Place, Place] | undefined {
  let [south, west, north, east] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { latitude, longitude } of places) {
    south = Math.min(south, latitude);
    north = Math.max(north, latitude);
    west = Math.min(west, longitude);
    east = Math.max(east, longitude);
  }
  if (south > north) return undefined;
  return [
    { latitude: south, longitude: west },
    { latitude: north, longitude: east },
  ];
}

/** "52.51630, 13.37770": as other maps take it. */
export function placeText({ latitude, longitude }: Place): string {
  return `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
}
