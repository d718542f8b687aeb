import type { Database, Statement } from '../platform/database.ts';
import type { Fix } from './shapes.ts';

/** A fix (f) named as the contract names it, with its nulls. */
export const fixColumns = `f.at as timestamp, f.latitude, f.longitude, f.elevation, f.accuracy,
  f.bearing, f.speed as "speedMetersPerSecond", f.satellites, f.hdop, f.vdop, f.pdop`;

export type FixRow = { [Field in keyof Required<Fix>]: Fix[Field] | null };

/** A fix of a vehicle, with its time as a number. */
export type Reading = { vehicle: number; atMs: number; fix: Fix };

/** Where a vehicle was before. */
export type Before = { vehicle: number; at: string; latitude: number; longitude: number };

const storeFixes: Statement = {
  name: 'storeFixes',
  text: `select known, befores from tracking.store_fixes($1::int[], $2::float8[], $3::float8[],
    $4::float8[], $5::float8[], $6::float8[], $7::float8[], $8::float8[], $9::smallint[],
    $10::float8[], $11::float8[], $12::float8[])`,
};

/** In the order of the statement. */
const fields = [
  'latitude',
  'longitude',
  'elevation',
  'accuracy',
  'bearing',
  'speedMetersPerSecond',
  'satellites',
  'hdop',
  'vdop',
  'pdop',
] as const;

/** The SQL of taking fixes. */
export function fixStore(database: Database) {
  return {
    /** Says which were known before, by their place from 1 on, and where each vehicle was before. */
    async store(readings: readonly Reading[]): Promise<{ known: number[]; befores: Before[] }> {
      const columns = [
        numbers(readings.map(({ vehicle }) => vehicle)),
        numbers(readings.map(({ atMs }) => atMs)),
        ...fields.map((field) => numbers(readings.map(({ fix }) => fix[field]))),
      ];
      type Row = { known: number[]; befores: Before[] | null };
      const row = await database.one<Row>(storeFixes, columns);
      return { known: row?.known ?? [], befores: row?.befores ?? [] };
    },
  };
}

/** An array as PostgreSQL writes it; the driver would take ten times as long over plain numbers. */
function numbers(values: readonly (number | undefined)[]): string {
  return `{${values.map((value) => value ?? 'NULL').join(',')}}`;
}

/** What is not known is left out. */
export function fixOf(row: FixRow): Fix {
  const known = fields.filter((field) => row[field] !== null).map((field) => [field, row[field]]);
  return { timestamp: row.timestamp, ...Object.fromEntries(known) } as Fix;
}
