import { Fix } from '../tracking/shapes.ts';
import { distanceMeters } from '../tracking/geo.ts';

/** The columns of a track, in the order in which they are served. */
export const servedColumns = [
  'timestamp',
  'latitude',
  'longitude',
  'elevation',
  'accuracy',
  'bearing',
  'speed_meters_per_second',
  'satellites',
  'hdop',
  'vdop',
  'pdop',
  'distance_meters',
  'elapsed_time_seconds',
] as const;

type Column = (typeof servedColumns)[number];
type Needed = 'timestamp' | 'latitude' | 'longitude';

/** One row of a track; the timestamp is in seconds since 1970, and null is what is not known. */
export type Sample = Record<Needed, number> & Record<Exclude<Column, Needed>, number | null>;

/** What a row says, word by word. */
export type Raw = Partial<Record<string, string>>;

/** A row that can be used, or why it cannot. */
export type GoodRow = { line: number; fix: Fix; sample: Sample };
export type Row = GoodRow | { line: number; problem: string };

type Bounds = { type: string; minimum?: number; maximum?: number };

const secondsMax = 253_402_300_799;
const needed = new Set<Column>(['timestamp', 'latitude', 'longitude']);
const shownCharsMax = 40;
const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** What programs write when they do not know. */
const unknownPattern = /^(?:nan|null|none|n\/a)?$/i;
const timePattern =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)(Z|[+-]\d{2}:\d{2})?$/i;

const { timestamp: _, ...places } = Fix.properties;
const boundsOf: Record<Column, Bounds> = {
  timestamp: { type: 'number', minimum: 0, maximum: secondsMax },
  ...places,
  speed_meters_per_second: Fix.properties.speedMetersPerSecond,
  distance_meters: { type: 'number', minimum: 0 },
  elapsed_time_seconds: { type: 'number', minimum: 0 },
};

export const isGood = (row: Row): row is GoodRow => 'fix' in row;

/** Whether columns of these names can make a track. */
export const canBeTrack = (names: readonly string[]): boolean =>
  [...needed].every((name) => names.includes(name));

/** Makes rows out of words, each with the one before it in mind. */
export function createRowReader(): (raw: Raw, line: number) => Row {
  let before: Sample | undefined;
  return (raw, line) => {
    const values = servedColumns.map((name) => [name, valueOf(name, raw[name]?.trim() ?? '')]);
    const sample = Object.fromEntries(values) as Sample;
    const problem = servedColumns
      .map((name) => problemOf(name, raw[name], sample[name]))
      .find(Boolean);
    if (problem) return { line, problem };
    if (before && sample.timestamp <= before.timestamp) {
      return { line, problem: 'timestamp is not after that of the row before' };
    }
    sample.distance_meters ??= before ? round(distanceMeters(before, sample)) : null;
    sample.elapsed_time_seconds ??= before ? round(sample.timestamp - before.timestamp) : null;
    before = sample;
    return { line, fix: fixOf(sample), sample };
  };
}

/** To a millimetre, or a millisecond. */
function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

/** NaN is what cannot be read. */
function valueOf(name: Column, text: string): number | null {
  if (unknownPattern.test(text)) return null;
  if (numberPattern.test(text)) return name === 'timestamp' ? round(Number(text)) : Number(text);
  return name === 'timestamp' ? secondsOf(text) : Number.NaN;
}

/** A time without a zone is taken for UTC. */
function secondsOf(text: string): number {
  const [, day, time, zone = 'Z'] = timePattern.exec(text) ?? [];
  return Date.parse(`${day}T${time}${zone}`) / 1_000;
}

function problemOf(name: Column, text: string | undefined, value: number | null) {
  if (value === null) return needed.has(name) ? `${name} is missing` : undefined;
  const fault = faultOf(boundsOf[name], value);
  return fault && `${name} ${fault}: ${JSON.stringify(text?.slice(0, shownCharsMax))}`;
}

function faultOf(bounds: Bounds, value: number): string | undefined {
  const { type, minimum = -Infinity, maximum = Infinity } = bounds;
  if (!Number.isFinite(value)) return 'cannot be read';
  if (value < minimum || value > maximum) return `is not from ${minimum} to ${maximum}`;
  return type === 'integer' && !Number.isInteger(value) ? 'is not whole' : undefined;
}

function fixOf(sample: Sample): Fix {
  const { timestamp, latitude, longitude } = sample;
  const particulars = Object.entries({
    elevation: sample.elevation,
    accuracy: sample.accuracy,
    bearing: sample.bearing,
    speedMetersPerSecond: sample.speed_meters_per_second,
    satellites: sample.satellites,
    hdop: sample.hdop,
    vdop: sample.vdop,
    pdop: sample.pdop,
  }).filter(([, value]) => value !== null);
  return {
    timestamp: timeOf(timestamp),
    latitude,
    longitude,
    ...(Object.fromEntries(particulars) as Partial<Fix>),
  };
}

export function timeOf(seconds: number): string {
  return new Date(Math.round(seconds * 1_000)).toISOString();
}
