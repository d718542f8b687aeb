import { Type, type Static, type TObject, type TProperties } from 'typebox';
import { strict } from './api.ts';

/** What a report may hold, so that the fullest one stays below 64 KiB. */
export const reportBounds = { operationsMax: 200, errorsMax: 50, listMax: 50, pointsMax: 120 };
const { operationsMax, errorsMax, listMax, pointsMax } = reportBounds;

/** Longer texts are cut before they are reported. */
export const detailLengthMax = 160;

const name = (description: string) => Type.String({ maxLength: 100, description });
const text = (description: string) => Type.String({ maxLength: detailLengthMax, description });
const count = (description: string) => Type.Integer({ minimum: 0, description });
const amount = (description: string) => Type.Number({ minimum: 0, description });
const time = (description: string) =>
  Type.String({ maxLength: 30, description: `${description} RFC 3339, in UTC.` });
const list = <P extends TProperties>(fields: P, description: string, maxItems = listMax) =>
  Type.Array(strict(fields), { maxItems, description });

/** One line of the history; a point is null where nothing was measured. */
export const points = (description: string) =>
  Type.Array(Type.Union([Type.Number(), Type.Null()]), { maxItems: pointsMax, description });

const operations = list(
  {
    operation: name('As in `/metrics`.'),
    requests: count('Since the start of the process.'),
    errors: count('Those answered with 5xx.'),
    refusals: count('Those answered with 4xx.'),
    perSecond: amount('In the last minute.'),
    p50Ms: Type.Optional(amount('In the last five minutes; absent if there was none.')),
    p99Ms: Type.Optional(
      amount('As `p50Ms`. Both are read out of buckets, so no finer than those.'),
    ),
  },
  'Operations that were asked for, the most asked first.',
  operationsMax,
);

const recentErrors = list(
  {
    at: time('When it was answered.'),
    operation: name('What was asked for.'),
    status: Type.Integer({ minimum: 500, maximum: 599, description: 'What it was answered with.' }),
    code: name('Its code, as in `/docs/problems`.'),
    detail: text('What the caller was told.'),
    requestId: name('Finds it in the logs.'),
    traceId: name('Finds it in the logs of every process.'),
  },
  'What went wrong lately by a fault of ours or of what we need, newest first.',
  errorsMax,
);

const checks = list(
  {
    name: name('What is needed or used.'),
    needed: Type.Boolean({ description: 'Whether the process cannot serve without it.' }),
    ok: Type.Boolean(),
    detail: Type.Optional(text('What is wrong.')),
  },
  'What `/health` says.',
);

const batchers = list(
  {
    name: name('What is batched.'),
    batches: count('Since the start of the process.'),
    items: count('In all of those.'),
    meanSize: amount('Items in a batch in the last five minutes; if there was none, ever.'),
    waiting: count('Items that wait for the next batch.'),
  },
  'What travels in batches.',
);

const postgres = list(
  {
    services: Type.Array(name('Whose database it is.'), { maxItems: listMax }),
    ok: Type.Boolean({ description: 'Whether it answered when it was asked last.' }),
    version: Type.Optional(name('Of the server.')),
    sizeBytes: Type.Optional(count('Of the database on disk.')),
    connections: Type.Optional(count('To the whole server, of everybody.')),
    connectionsMax: Type.Optional(count('How many the server takes.')),
    oldestTransactionSeconds: Type.Optional(amount('How long ago the oldest open one began.')),
  },
  'Each database, as it was when it was asked last, every 30 seconds. What is not known is absent.',
);

const redis = strict(
  {
    ok: Type.Boolean({ description: 'Whether every connection to it stands.' }),
    version: Type.Optional(name('Of the server.')),
    memoryBytes: Type.Optional(count('What it uses.')),
    clients: Type.Optional(count('Connections to it, of everybody.')),
  },
  { description: 'Redis, where the process has one.' },
);

/** What a process says of itself, except for its history. */
export const reportFields = {
  id: name('Made by chance at each start of a process.'),
  host: name('The machine.'),
  pid: count('The process there.'),
  targets: Type.Array(name('`all`, `gateway`, or a service.'), { maxItems: listMax }),
  version: name('Of Bazar.'),
  startedAt: time('When the process started.'),
  reportedAt: time('When it said all this.'),
  memoryBytes: count('Resident.'),
  cpuShare: amount('Of one core, lately; more than 1 where several were used.'),
  eventLoopDelayP99Ms: amount('By which 1 of 100 timers was late, in the last ten seconds or so.'),
  checks,
  operations,
  batchers,
  pools: list(
    {
      service: name('Whose connections they are.'),
      busy: count('Connections at work.'),
      idle: count('Connections without work.'),
      waiting: count('Callers that wait for one.'),
    },
    'Connections to databases.',
  ),
  invariants: list(
    {
      service: name('Who audits.'),
      invariant: name('Such as `K1`.'),
      violations: count('Found since the start of the process; one counts again in each audit.'),
    },
    'What audits have found; must stay 0.',
  ),
  audits: list(
    { service: name('Who audits.'), at: Type.Optional(time('When the last one was complete.')) },
    'The last audit of each service here.',
  ),
  security: list(
    { event: name('As in `/metrics`.'), count: count('Since the start of the process.') },
    'Refused log-ins, reused refresh tokens, limits reached, changes by staff.',
  ),
  recentErrors,
  postgres,
  redis: Type.Optional(redis),
};

const series = {
  requestsPerSecond: points('All requests but those for health and metrics.'),
  errorsPerSecond: points('Those answered with 5xx.'),
  p50Ms: points('Half of the requests took no longer.'),
  p99Ms: points('99 of 100 requests took no longer.'),
  batchSize: points('Items in a batch.'),
  queueWaiting: points('Items that wait in all batchers.'),
  eventLoopDelayMs: points('The worst `eventLoopDelayP99Ms`.'),
  memoryBytes: points('Resident.'),
  cpuShare: points('Of one core.'),
};

export const seriesNames = Object.keys(series) as (keyof typeof series)[];

/** The last hour of a process, with lines for what the wiring wants to be counted besides. */
export const history = <P extends TProperties>(counted: P) =>
  strict(
    {
      everySeconds: Type.Integer({ description: 'The time between two points.' }),
      at: time('Of the last point.'),
      points: Type.Integer({
        minimum: 0,
        maximum: pointsMax,
        description: 'How many each line has.',
      }),
      series: strict({ ...series, ...counted }),
    },
    { description: 'The last hour, oldest first.' },
  );

export type Points = (number | null)[];
export type Series = Static<TObject<typeof series>>;
export type ReportFields = Static<TObject<typeof reportFields>>;

/** `Counted` are the lines of history that the wiring has asked for. */
export type Report<Counted extends string> = ReportFields & {
  history: {
    everySeconds: number;
    at: string;
    points: number;
    series: Series & Record<Counted, Points>;
  };
};
