// The plain baseline for fixes: one insert for each, committed by itself. It has no sessions, no
// newest places, no retention, no streams: what Bazar does beside the fix is not in it.
import { createServer, listen, readFlags } from './naive-server.ts';
import { openPool } from './naive-tables.ts';

type Fix = {
  timestamp: string;
  latitude: number;
  longitude: number;
  elevation?: number;
  accuracy?: number;
  bearing?: number;
  speedMetersPerSecond?: number;
  satellites?: number;
  hdop?: number;
};
type Asked = { Params: { id: string }; Body: Fix | { fixes: Fix[] } };

const table = `
  create table if not exists fixes (
    vehicle text not null,
    at timestamptz not null,
    latitude float8 not null,
    longitude float8 not null,
    elevation float8,
    accuracy float8,
    bearing float8,
    speed float8,
    satellites smallint,
    hdop float8,
    vdop float8,
    pdop float8,
    received_at timestamptz not null default now(),
    primary key (vehicle, at)
  )`;

const insert = {
  name: 'insertFix',
  text: `insert into fixes (vehicle, at, latitude, longitude, elevation, accuracy, bearing, speed,
      satellites, hdop)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
};

const number = { type: 'number' };
const fixSchema = {
  type: 'object',
  required: ['timestamp', 'latitude', 'longitude'],
  properties: {
    timestamp: { type: 'string', format: 'date-time' },
    latitude: { type: 'number', minimum: -90, maximum: 90 },
    longitude: { type: 'number', minimum: -180, maximum: 180 },
    ...{ elevation: number, accuracy: number, bearing: number, speedMetersPerSecond: number },
    ...{ satellites: { type: 'integer' }, hdop: number },
  },
};
const fixesSchema = {
  type: 'object',
  required: ['fixes'],
  properties: { fixes: { type: 'array', minItems: 1, maxItems: 1_000, items: fixSchema } },
};
const schema = {
  body: { anyOf: [fixesSchema, fixSchema] },
  response: { 200: { type: 'object', properties: { stored: { type: 'integer' } } } },
};

const { url = '', connections } = readFlags();
const pool = openPool(url, Number(connections));
const app = createServer();

app.post<Asked>('/v1/vehicles/:id/fixes', { schema }, async ({ params, body }) => {
  const fixes = 'fixes' in body ? body.fixes : [body];
  let stored = 0;
  // oxlint-disable-next-line no-await-in-loop -- one after the other is what this is about
  for (const fix of fixes) stored += await store(params.id, fix);
  return { stored };
});

async function store(vehicle: string, fix: Fix): Promise<number> {
  const { timestamp, latitude, longitude, elevation, accuracy, bearing } = fix;
  const { speedMetersPerSecond, satellites, hdop } = fix;
  const place = [latitude, longitude, elevation, accuracy, bearing];
  const values = [vehicle, timestamp, ...place, speedMetersPerSecond, satellites, hdop];
  const { rowCount } = await pool.query({ ...insert, values });
  return rowCount ?? 0;
}

await pool.query(table);
await listen(app);
