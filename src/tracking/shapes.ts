import { Type, type Static, type TSchema } from 'typebox';
import { strict } from '../platform/api.ts';

export const fixesMax = 1_000;
export const windowSecondsMin = 0.1;
export const windowSecondsMax = 86_400;

/** RFC 3339 with a zone; what a clock cannot show is refused when it is read. */
const Time = Type.String({
  pattern:
    '^\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?(?:[Zz]|[+-]\\d{2}:\\d{2})$',
  maxLength: 40,
  description: 'RFC 3339, with a zone; exact to the millisecond.',
});
/** A time that we say. */
const Told = Type.String({ description: 'RFC 3339, in UTC.' });

export const VehicleId = Type.String({
  pattern: '^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$',
  description: 'Chosen by whoever runs the fleet.',
});

const latitude = Type.Number({ minimum: -90, maximum: 90, description: 'Degrees north.' });
const longitude = Type.Number({ minimum: -180, maximum: 180, description: 'Degrees east.' });

/** What may come with a place. */
const particulars = {
  elevation: Type.Optional(Type.Number({ minimum: -12_000, maximum: 100_000, description: 'm' })),
  accuracy: Type.Optional(Type.Number({ minimum: 0, maximum: 10_000_000, description: 'm' })),
  bearing: Type.Optional(
    Type.Number({ minimum: 0, maximum: 360, description: 'Degrees, clockwise from north.' }),
  ),
  speedMetersPerSecond: Type.Optional(Type.Number({ minimum: 0, maximum: 10_000 })),
  satellites: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000 })),
  hdop: Type.Optional(Type.Number({ minimum: 0, maximum: 10_000 })),
  vdop: Type.Optional(Type.Number({ minimum: 0, maximum: 10_000 })),
  pdop: Type.Optional(Type.Number({ minimum: 0, maximum: 10_000 })),
};

/** Where a vehicle was at a time. */
export const Fix = strict({ timestamp: Time, latitude, longitude, ...particulars });
export type Fix = Static<typeof Fix>;

export const FixResult = strict({
  result: Type.Enum(['stored', 'known', 'refused'], {
    description: '`known`: the vehicle has a fix of this time already, and that one stays.',
  }),
  reason: Type.Optional(Type.String({ description: 'Why it was refused.' })),
});
export type FixResult = Static<typeof FixResult>;

export const FixesReport = strict({
  stored: Type.Integer(),
  known: Type.Integer(),
  refused: Type.Integer(),
  results: Type.Array(FixResult, { description: 'One for each fix, in the order given.' }),
});
export type FixesReport = Static<typeof FixesReport>;

/** The newest fix of a vehicle. */
export const VehicleState = strict({
  vehicleId: Type.String(),
  ...Fix.properties,
  timestamp: Told,
  receivedAt: Told,
  ageSeconds: Type.Number({ description: 'How long ago the fix was true.' }),
  stale: Type.Boolean({ description: 'Whether it is older than `STALE_SECONDS`.' }),
  distanceMeters: Type.Optional(Type.Number({ description: 'From the fix before it.' })),
  elapsedTimeSeconds: Type.Optional(Type.Number({ description: 'Since the fix before it.' })),
});
export type VehicleState = Static<typeof VehicleState>;

export const Vehicle = strict({
  id: Type.String(),
  name: Type.Optional(Type.String()),
  ownerId: Type.Optional(Type.String({ description: 'Whose vehicle it is.' })),
  createdAt: Told,
  state: Type.Optional(VehicleState),
});
export type Vehicle = Static<typeof Vehicle>;

export const VehicleSettings = {
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })),
  ownerId: Type.Optional(
    Type.String({
      pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
      description: 'The user who may report and see where it is.',
    }),
  ),
};

export const AverageSpeed = strict({
  vehicleId: Type.String(),
  averageSpeedMetersPerSecond: Type.Number(),
  from: Told,
  until: Told,
  fixes: Type.Integer({ description: 'How many fixes with a speed the window has.' }),
});
export type AverageSpeed = Static<typeof AverageSpeed>;

export const Task = strict({
  id: Type.String(),
  vehicleId: Type.String(),
  state: Type.Enum(['requested', 'running', 'done', 'failed', 'cancelled'], {
    description: '`running`: its window has begun.',
  }),
  windowSeconds: Type.Number(),
  from: Told,
  until: Told,
  result: Type.Optional(AverageSpeed),
  problem: Type.Optional(strict({ code: Type.String(), detail: Type.String() })),
  createdAt: Told,
  endedAt: Type.Optional(Told),
});
export type Task = Static<typeof Task>;

/** A time in a query. */
export const AskedTime = Time;
export const windowSeconds = Type.Number({
  minimum: windowSecondsMin,
  maximum: windowSecondsMax,
  description: `From ${windowSecondsMin} to ${windowSecondsMax} (a day).`,
});

/** A fix as live streams tell it. */
export const FixNews = strict({
  vehicleId: Type.String(),
  ...Fix.properties,
  timestamp: Told,
  distanceMeters: VehicleState.properties.distanceMeters,
  elapsedTimeSeconds: VehicleState.properties.elapsedTimeSeconds,
});

const orNull = (schema: TSchema) => Type.Union([schema, Type.Null()]);

/** A fix as the bus tells it, in the names of GPS loggers; what is not known is null. */
export const GpsState = strict({
  timestamp: Type.Number({ description: 'Seconds since 1970.' }),
  latitude: Type.Number(),
  longitude: Type.Number(),
  elevation: orNull(Type.Number()),
  accuracy: orNull(Type.Number()),
  bearing: orNull(Type.Number()),
  speed_meters_per_second: orNull(Type.Number()),
  satellites: orNull(Type.Integer()),
  hdop: orNull(Type.Number()),
  vdop: orNull(Type.Number()),
  pdop: orNull(Type.Number()),
  distance_meters: orNull(Type.Number({ description: 'From the fix before it.' })),
  elapsed_time_seconds: orNull(Type.Number({ description: 'Since the fix before it.' })),
  vehicle: Type.String(),
  sequence: Type.Integer({ description: 'Of two fixes of a vehicle the higher one is newer.' }),
  owner_id: orNull(Type.String()),
});
