import type { Input } from '../platform/api.ts';
import { invalid } from '../platform/errors.ts';
import type { trackingApi } from './api.ts';
import { boxesAround, simpleBoxes, type Box, type Place } from './geo.ts';

type Asked = Input<typeof trackingApi.listVehicles>;

export type Circle = { centre: Place; radiusMeters: number };
/** Where vehicles are looked for: in any of the boxes and, if there is one, in the circle too. */
export type Area = { boxes: readonly Box[]; circle?: Circle };

const radiusMetersDefault = 1_000;
const number = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

const numberOf = (text: string): number => (number.test(text) ? Number(text) : NaN);

const isLatitude = (angle = NaN): angle is number => Math.abs(angle) <= 90;
const isLongitude = (angle = NaN): angle is number => Math.abs(angle) <= 180;

/** The place that a list is asked for; nothing, if it is asked for all. */
export function areaOf({ box, near, radiusMeters, cursor }: Asked): Area | undefined {
  if (near === undefined) {
    if (radiusMeters !== undefined) throw invalid('query', '/radiusMeters', 'needs near');
    return box === undefined ? undefined : { boxes: simpleBoxes(boxOf(box)) };
  }
  if (box !== undefined) throw invalid('query', '/near', 'cannot go together with box');
  if (cursor !== undefined) throw invalid('query', '/cursor', 'cannot go together with near');
  const circle = { centre: placeOf(near), radiusMeters: radiusMeters ?? radiusMetersDefault };
  return { boxes: boxesAround(circle.centre, circle.radiusMeters), circle };
}

function boxOf(text: string): Box {
  const [west, south, east, north, ...more] = text.split(',').map(numberOf);
  const are = isLongitude(west) && isLatitude(south) && isLongitude(east) && isLatitude(north);
  if (!are || more.length > 0) {
    throw invalid('query', '/box', 'must be west,south,east,north in degrees');
  }
  if (south > north) throw invalid('query', '/box', 'has a south that is north of its north');
  return { west, south, east, north };
}

function placeOf(text: string): Place {
  const [latitude, longitude, ...more] = text.split(',').map(numberOf);
  if (!isLatitude(latitude) || !isLongitude(longitude) || more.length > 0) {
    throw invalid('query', '/near', 'must be latitude,longitude in degrees');
  }
  return { latitude, longitude };
}
