import type { Input } from '../platform/api.ts';
import { invalid, type FieldError } from '../platform/errors.ts';
import type { trackingApi } from '../tracking/api.ts';
import { readPhoneTime } from './osmand-time.ts';

type AllOfFix = Omit<Input<(typeof trackingApi)['addFixes']>, 'id' | 'fixes'>;
export type Fix = AllOfFix & { timestamp: string };
export type Place = Pick<FieldError, 'in' | 'pointer'>;

/** A fix, and where in the request each of its fields was. */
export type Report = { vehicleId: string; fix: Fix; places: Places };
type Places = Partial<Record<keyof Fix, Place>>;

export type Sent = Readonly<Record<string, unknown>>;
type Given = { value: unknown; place: Place };
type NumberField = Exclude<keyof Fix, 'timestamp'>;
type Reading = Given & { of: NumberField; unit: number };
type Form = { id: Given; time: Given; readings: readonly Reading[] };
type Name = readonly [name: string, of: NumberField, unit?: number];

const metersPerSecondPerKnot = 1_852 / 3_600;

const namesInQuery: readonly Name[] = [
  ['lat', 'latitude'],
  ['lon', 'longitude'],
  ['altitude', 'elevation'],
  ['accuracy', 'accuracy'],
  ['heading', 'bearing'],
  ['bearing', 'bearing'],
  ['speed', 'speedMetersPerSecond', metersPerSecondPerKnot],
  ['hdop', 'hdop'],
];

const namesInBody: readonly Name[] = [
  ['latitude', 'latitude'],
  ['longitude', 'longitude'],
  ['altitude', 'elevation'],
  ['accuracy', 'accuracy'],
  ['heading', 'bearing'],
  ['speed', 'speedMetersPerSecond'],
];

/** Phones say -1 for what they do not know. */
const unknownIfNegative: ReadonlySet<NumberField> = new Set<NumberField>([
  'accuracy',
  'bearing',
  'speedMetersPerSecond',
  'hdop',
]);

const numberForm = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?$/;

/** Understands what a phone reports, in the query or in a body. */
export function readReport(sent: Sent, now: Date): Report {
  const { location } = sent;
  const { id, time, readings } = isObject(location) ? posted(sent, location) : asked(sent);
  if (!isText(id.value)) throw refused(id.place, 'is missing');
  const fix: Fix = { timestamp: timeOf(time, now) };
  const places: Places = { timestamp: time.place };
  for (const reading of readings) {
    const number = numberOf(reading);
    if (number === undefined) continue;
    fix[reading.of] = number * reading.unit;
    places[reading.of] = reading.place;
  }
  const lost = readings.find(({ of }) => isPlace(of) && fix[of] === undefined);
  if (lost) throw refused(lost.place, 'is missing');
  return { vehicleId: id.value, fix, places };
}

/** The form of OsmAnd and of the older Traccar Client. */
function asked(sent: Sent): Form {
  const { id, deviceid, timestamp, location } = sent;
  return {
    id: { value: id ?? deviceid, place: inQuery('id') },
    time: { value: timestamp, place: inQuery('timestamp') },
    readings: [
      ...namesInQuery.map((name) => readingOf(name, sent, inQuery(name[0]))),
      ...pairOf(location),
    ],
  };
}

/** The form of the newer Traccar Client. */
function posted({ device_id: deviceId, id, deviceid }: Sent, location: Sent): Form {
  const coords = location['coords'] as Sent;
  return {
    id: { value: deviceId ?? id ?? deviceid, place: inBody('device_id') },
    time: { value: location['timestamp'], place: inBody('location/timestamp') },
    readings: namesInBody.map((name) =>
      readingOf(name, coords, inBody(`location/coords/${name[0]}`)),
    ),
  };
}

function readingOf([name, of, unit = 1]: Name, values: Sent, place: Place): Reading {
  return { value: values[name], place, of, unit };
}

/** Latitude and longitude in one. */
function pairOf(location: unknown): Reading[] {
  if (!isText(location)) return [];
  const place = inQuery('location');
  const [latitude, longitude, ...rest] = location.split(',');
  if (longitude === undefined || rest.length > 0) throw refused(place, 'must be lat,lon');
  return [
    { value: latitude, place, of: 'latitude', unit: 1 },
    { value: longitude, place, of: 'longitude', unit: 1 },
  ];
}

/** Nothing for what the phone does not know: apps leave the place of a value empty then. */
function numberOf({ value, place, of }: Reading): number | undefined {
  if (isAbsent(value)) return undefined;
  const number = typeof value === 'string' && numberForm.test(value) ? Number(value) : value;
  if (typeof number !== 'number') throw refused(place, 'is not a number');
  return number < 0 && unknownIfNegative.has(of) ? undefined : number;
}

function timeOf({ value, place }: Given, now: Date): string {
  if (isAbsent(value)) return now.toISOString();
  const time = readPhoneTime(String(value));
  if (!time) throw refused(place, 'is not a time');
  return time.toISOString();
}

function inQuery(name: string): Place {
  return { in: 'query', pointer: `/${name}` };
}

function inBody(path: string): Place {
  return { in: 'body', pointer: `/${path}` };
}

function refused({ in: where, pointer }: Place, detail: string) {
  return invalid(where, pointer, detail);
}

function isPlace(field: NumberField): boolean {
  return field === 'latitude' || field === 'longitude';
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isObject(value: unknown): value is Sent {
  return typeof value === 'object' && value !== null;
}
