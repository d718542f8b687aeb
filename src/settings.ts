import { Type, type TSchema } from 'typebox';
import { strict } from './platform/api.ts';
import { traceSettings } from './settings-traces.ts';

const port = (fallback: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: 65_535, default: fallback, description });
const count = (fallback: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 1_000_000, default: fallback, description });
const milliseconds = (fallback: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: 600_000, default: fallback, description });
const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));
const url = (description: string) =>
  Type.Optional(Type.String({ pattern: '^https?://', description }));
const databaseUrl = (description: string) =>
  Type.Optional(Type.String({ pattern: '^postgres(ql)?://', description, secret: true }));
/** May also be given as a file, `NAME_FILE`, which keeps it out of the environment. */
const secret = (description: string, options: object = {}) =>
  Type.Optional(Type.String({ minLength: 8, description, secret: true, ...options }));

export const modes = ['demo', 'production'] as const;
export const serviceNames = ['users', 'catalog', 'orders', 'tracking'] as const;
export const targetNames = ['all', 'gateway', ...serviceNames] as const;

export type ServiceName = (typeof serviceNames)[number];
export type TargetName = (typeof targetNames)[number];

/** Every setting there is. `bazarMode` is `BAZAR_MODE` in the environment and `--bazar-mode=` as a flag. */
export const settings = strict({
  bazarMode: Type.Enum(modes, {
    default: 'demo',
    description:
      '`demo` makes its own secrets and a seeded shop; `production` refuses to start without its own.',
  }),
  target: Type.String({
    pattern: `^(${targetNames.join('|')})(,(${targetNames.join('|')}))*$`,
    default: 'all',
    description: `What this process is: \`all\`, or a comma list of ${targetNames.slice(1).join(', ')}.`,
  }),
  host: text('Address of the public port. Demo: 127.0.0.1; production: must be said.'),
  port: port(8080, 'Public port of the gateway.'),
  internalHost: Type.String({ default: '127.0.0.1', description: 'Address of the internal port.' }),
  internalPort: port(8081, 'Port on which other services call the services of this process.'),
  metricsHost: Type.String({ default: '127.0.0.1', description: 'Address of the metrics port.' }),
  metricsPort: port(9464, 'Port of `/metrics` and of the health checks.'),
  data: Type.String({
    minLength: 1,
    default: './data',
    description: 'Directory of the embedded PostgreSQL and of the demo secrets.',
  }),
  databaseUrl: databaseUrl('A PostgreSQL of yours (15 to 18) instead of the embedded one.'),
  usersDatabaseUrl: databaseUrl('Another one for users.'),
  catalogDatabaseUrl: databaseUrl('Another one for catalog.'),
  ordersDatabaseUrl: databaseUrl('Another one for orders.'),
  trackingDatabaseUrl: databaseUrl('Another one for tracking.'),
  poolMax: count(10, 'Database connections per service.'),
  migrateOnStart: Type.Optional(
    Type.Boolean({
      description: 'Bring the schemas up to date at start. Demo: yes; production: no.',
    }),
  ),
  usersUrl: url('Where users answers, when it is not in this process.'),
  catalogUrl: url('Where catalog answers, when it is not in this process.'),
  ordersUrl: url('Where orders answers, when it is not in this process.'),
  trackingUrl: url('Where tracking answers, when it is not in this process.'),
  redisUrl: Type.Optional(
    Type.String({
      pattern: '^rediss?://',
      secret: true,
      description:
        'A Redis (7 or later) through which processes hear what happens in others. Without it, live ' +
        'streams need everything in one process.',
    }),
  ),
  adminPassword: secret('Password of the staff account `admin`, made at the first start.'),
  tokenKeys: secret('JWKS (Ed25519, private) that signs access tokens; the first key signs.'),
  serviceKeys: secret('JWKS that signs our calls to other services and verifies theirs.'),
  cursorKey: secret('Seals the cursors of lists; the same for all replicas.', { minLength: 32 }),
  currency: Type.String({
    pattern: '^[A-Z]{3}$',
    default: 'EUR',
    description: 'The one currency of the shop (ISO 4217); prices are in its cents.',
  }),
  holdSeconds: Type.Integer({
    minimum: 1,
    maximum: 3_600,
    default: 30,
    description: 'How long reserved stock waits for the verdict on its order before catalog asks.',
  }),
  auditSeconds: Type.Integer({
    minimum: 1,
    maximum: 86_400,
    default: 60,
    description: 'How often each service checks that its books add up.',
  }),
  fixDays: Type.Integer({
    minimum: 1,
    maximum: 366,
    default: 31,
    description: 'How many days of GPS fixes are kept; older ones are refused, and dropped.',
  }),
  staleSeconds: Type.Integer({
    minimum: 1,
    maximum: 86_400,
    default: 60,
    description: 'From this age on the newest fix of a vehicle is called stale.',
  }),
  mapTilesUrl: Type.Optional(
    Type.String({
      // Its origin goes into a header, so there is nothing in it but a name and a port.
      pattern: '^https?://[\\w.-]+(:\\d+)?/(?=\\S*\\{z\\})(?=\\S*\\{x\\})(?=\\S*\\{y\\})\\S+$',
      description:
        'Where the map gets its pictures, with `{z}`, `{x}` and `{y}`, such as ' +
        '`https://tile.openstreetmap.org/{z}/{x}/{y}.png`; it shows outlines of its own, if not said.',
    }),
  ),
  mapTilesAttribution: Type.String({
    minLength: 1,
    maxLength: 200,
    default: '© OpenStreetMap contributors',
    description: 'Whose pictures these are, as the map says it.',
  }),
  demoVan: Type.Optional(
    Type.Boolean({
      description: 'Drive the vehicle `demo-van` along a sample track. Demo: yes; production: no.',
    }),
  ),
  tcpPort: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 65_535,
      description:
        'Port that takes GPS fixes as lines of JSON, 12345 by custom; closed, if not said.',
    }),
  ),
  tcpHost: Type.String({ default: '127.0.0.1', description: 'Address of that port.' }),
  crashAt: Type.Optional(
    Type.String({
      pattern: '^[a-zA-Z]+(:[1-9][0-9]{0,8})?$',
      description: 'For tests of faults: where this process is to die. Refused in production.',
    }),
  ),
  logLevel: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const, {
    default: 'info',
    description: 'Least important log line that is written.',
  }),
  drainMs: milliseconds(250, 'How long to go on serving, not ready, after SIGTERM.'),
  deadlineMs: milliseconds(5_000, 'Longest time for one request.'),
  requestsInFlightMax: count(1_000, 'Requests under way at once; more are refused with 503.'),
  connectionsMax: count(12_000, 'Open connections per port.'),
  streamsMax: count(10_000, 'Live streams open at once.'),
  trustedProxies: Type.Integer({
    minimum: 0,
    maximum: 10,
    default: 0,
    description: 'Proxies in front of the gateway whose `X-Forwarded-For` is believed.',
  }),
  callerPerMinuteMax: count(6_000, 'Requests per minute of one signed-in caller.'),
  addressPerMinuteMax: count(1_200, 'Requests per minute of one address that is not signed in.'),
  logInPerMinuteMax: count(30, 'Log-ins, registrations and refreshes per minute of one address.'),
  ...traceSettings,
});

export type SettingSchema = TSchema & {
  default?: string | number | boolean;
  description?: string;
  secret?: boolean;
};

export const settingSchemas = Object.entries(settings.properties) as [string, SettingSchema][];
