import { csvLine } from './csv.ts';
import { distanceMeters } from '../tracking/geo.ts';
import { bearingTo, moved } from './geo.ts';

/** Where the trip is to: metres east and north of its start, how fast, and how long it stands there. */
type Leg = { east: number; north: number; speedMax: number; stopSeconds: number };
type Place = { latitude: number; longitude: number };
type Car = Place & { speed: number; bearing: number };
/** One value for each column. */
type SampleRow = Record<(typeof columns)[number], string | number>;

const columns = [
  'timestamp',
  'latitude',
  'longitude',
  'elevation',
  'accuracy',
  'bearing',
  'speed_meters_per_second',
  'satellites',
  'provider',
  'hdop',
  'vdop',
  'pdop',
  'geoidheight',
  'ageofdgpsdata',
  'dgpsid',
  'activity',
  'battery',
  'annotation',
  'distance_meters',
  'elapsed_time_seconds',
] as const;

const seed = 20_260_914;
const startSeconds = 1_789_372_800;
/** Between fields in the plain of Canterbury, New Zealand. */
const start: Place = { latitude: -43.7405, longitude: 171.9712 };
/** Around some fields and through a village, and back to where it began. */
const legs: readonly Leg[] = [
  { east: 420, north: 60, speedMax: 13.9, stopSeconds: 0 },
  { east: 900, north: 640, speedMax: 13.9, stopSeconds: 18 },
  { east: 1_500, north: 900, speedMax: 22.2, stopSeconds: 0 },
  { east: 3_300, north: 1_150, speedMax: 27.8, stopSeconds: 0 },
  { east: 4_350, north: 2_200, speedMax: 25, stopSeconds: 32 },
  { east: 4_700, north: 2_450, speedMax: 8.3, stopSeconds: 12 },
  { east: 4_650, north: 2_900, speedMax: 8.3, stopSeconds: 135 },
  { east: 4_100, north: 3_150, speedMax: 11.1, stopSeconds: 0 },
  { east: 2_700, north: 3_900, speedMax: 22.2, stopSeconds: 0 },
  { east: 900, north: 4_350, speedMax: 25, stopSeconds: 24 },
  { east: -600, north: 3_600, speedMax: 22.2, stopSeconds: 0 },
  { east: -1_150, north: 2_100, speedMax: 19.4, stopSeconds: 41 },
  { east: -700, north: 1_250, speedMax: 13.9, stopSeconds: 0 },
  { east: -350, north: 420, speedMax: 13.9, stopSeconds: 16 },
  { east: 0, north: 0, speedMax: 8.3, stopSeconds: 30 },
];
/** Under a bridge, or among trees: rows that are missing, by the second. */
const gaps = new Map([
  [173, 3],
  [409, 5],
  [668, 2],
  [893, 4],
  [1_104, 1],
]);
const firstSecond = 2;
const speedUp = 1.7;
const slowDown = 2.1;
const turnDegreesMax = 32;
const cornerSpeed = 5.5;
/** How close to a place counts as there. */
const nearMeters = 12;
const noteAtSecond = 640;

/** The sample trip, as a CSV file. */
export function sampleTrackCsv(): string {
  const lines = sampleTrack().map((row) => csvLine(columns.map((column) => row[column])));
  return csvLine(columns) + lines.join('');
}

/** One trip of a car, second by second, always the same. */
export function sampleTrack(): SampleRow[] {
  const random = seeded();
  const rows: SampleRow[] = [];
  let before: { place: Place; seconds: number } = { place: start, seconds: startSeconds };
  let missing = firstSecond - 1;
  let second = 0;
  for (const car of drive()) {
    second += 1;
    missing = gaps.get(second) ?? missing;
    missing -= 1;
    // Every second draws its chances, whether it is told or not.
    const seconds = fixed(startSeconds + second + (random() - 0.5) * 0.006, 3);
    const sky = skyOf(second, random);
    if (missing >= 0) continue;
    const place = { latitude: fixed(car.latitude, 7), longitude: fixed(car.longitude, 7) };
    rows.push({
      timestamp: seconds.toFixed(3),
      ...place,
      ...sky,
      bearing: fixed(car.bearing, 1) % 360,
      speed_meters_per_second: fixed(car.speed, 2),
      provider: 'gps',
      geoidheight: 11.4,
      ageofdgpsdata: '',
      dgpsid: '',
      activity: car.speed < 0.5 ? 'STILL' : 'IN_VEHICLE',
      battery: 88 - Math.floor(second / 210),
      annotation: second === noteAtSecond ? 'One parcel, left with the "neighbour"' : '',
      distance_meters: fixed(distanceMeters(before.place, place), 3),
      elapsed_time_seconds: fixed(seconds - before.seconds, 3),
    });
    before = { place, seconds };
  }
  return rows;
}

/** Where the car is after each second. */
function* drive(): Generator<Car> {
  let car: Car = { ...start, speed: 0, bearing: bearingTo(start, placeOf(legs[0])) };
  for (const leg of legs) {
    const goal = placeOf(leg);
    const endSpeed = leg.stopSeconds > 0 ? 0 : cornerSpeed;
    while (distanceMeters(car, goal) > nearMeters) {
      car = driven(car, { goal, endSpeed, speedMax: leg.speedMax });
      yield car;
    }
    while (car.speed > 0 && leg.stopSeconds > 0) {
      car = stepped(car, Math.max(0, car.speed - slowDown), car.bearing);
      yield car;
    }
    for (let n = 0; n < leg.stopSeconds; n += 1) yield car;
  }
}

type Aim = { goal: Place; endSpeed: number; speedMax: number };

/** One second of driving towards a place: not too fast to end there, or to turn there. */
function driven(car: Car, { goal, endSpeed, speedMax }: Aim): Car {
  const left = Math.max(0, distanceMeters(car, goal) - nearMeters / 2);
  const off = ((bearingTo(car, goal) - car.bearing + 540) % 360) - 180;
  const turn = Math.max(-turnDegreesMax, Math.min(turnDegreesMax, off));
  const inTime = Math.sqrt(endSpeed ** 2 + 2 * 0.8 * slowDown * left);
  const safe = Math.abs(off) > turnDegreesMax ? cornerSpeed : speedMax;
  const wanted = Math.min(safe, Math.max(2, inTime));
  const speed = Math.max(car.speed - slowDown, Math.min(car.speed + speedUp, wanted));
  return stepped(car, speed, (car.bearing + turn + 360) % 360);
}

/** One second on: the speed changes evenly, so the way is that of the speed in between. */
function stepped(car: Car, speed: number, bearing: number): Car {
  return { ...moved(car, (car.speed + speed) / 2, bearing), speed, bearing };
}

function placeOf({ east, north }: { east: number; north: number } = { east: 0, north: 0 }): Place {
  return moved(moved(start, north, 0), east, 90);
}

/** How high it is, and how well that is known: more satellites, less doubt. */
function skyOf(second: number, random: () => number) {
  const satellites = 11 + Math.round(3 * Math.sin(second / 170) + 2 * random());
  const hdop = fixed(7.5 / satellites + random() * 0.15, 2);
  const vdop = fixed(hdop * 1.35, 2);
  return {
    elevation: fixed(142 + 9 * Math.sin(second / 260) + 0.6 * random(), 1),
    accuracy: fixed(hdop * 4.2, 1),
    satellites,
    hdop,
    vdop,
    pdop: fixed(Math.hypot(hdop, vdop), 2),
  };
}

function fixed(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** Lehmer's generator: chance enough for a sky, and the same everywhere. */
function seeded(): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
