import type { FastifyInstance } from 'fastify';
import { readViewer } from '../gateway/docs.ts';
import { textAs } from '../platform/files.ts';
import { servePages } from './gps-files.ts';

const number = { type: 'number' };
const orNull = { anyOf: [number, { type: 'null' }] };
const gpsFields = {
  timestamp: number,
  latitude: number,
  longitude: number,
  elevation: orNull,
  accuracy: orNull,
  bearing: orNull,
  speed_meters_per_second: orNull,
  satellites: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
  hdop: orNull,
  vdop: orNull,
  pdop: orNull,
  distance_meters: number,
  elapsed_time_seconds: number,
};
const fault = {
  type: 'object',
  required: ['type', 'loc', 'msg'],
  properties: {
    type: { type: 'string' },
    loc: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
    msg: { type: 'string' },
    input: {},
  },
};
const refused = {
  type: 'object',
  properties: { detail: { type: 'array', items: { $ref: '#/components/schemas/Fault' } } },
};
const excused = { type: 'object', properties: { detail: { type: 'string' } } };

const status = {
  anyOf: [{ type: 'string', examples: ['{"status":"DONE","result":10.35}'] }, { type: 'null' }],
};

const json = (description: string, schema: object) => ({
  description,
  content: { 'application/json': { schema } },
});
const invalid = json('Validation Error', { $ref: '#/components/schemas/HTTPValidationError' });
const away = json('Nothing to answer with yet, or too busy; `detail` says why', excused);
const inQuery = (name: string, schema: object) => ({ name, in: 'query', required: true, schema });
const seconds = (maximum: number) =>
  inQuery('time_window_seconds', { type: 'number', minimum: 0.1, maximum });

/** What the API of the lab is; `blockingSecondsMax` is how long it keeps a request waiting. */
export function openApiOf(blockingSecondsMax: number, windowSecondsMax: number): object {
  const paths = {
    '/gps_state': {
      summary: 'The newest sample',
      responses: { 200: json('The sample', { $ref: '#/components/schemas/GPS' }), 503: away },
    },
    '/compute_avg_speed': {
      summary: 'The average speed of the seconds to come, in m/s: answered when they are over',
      parameters: [seconds(blockingSecondsMax)],
      responses: { 200: json('m/s', number), 422: invalid, 503: away },
    },
    '/request_to_compute_avg_speed': {
      summary: 'Have the average speed of the seconds to come worked out; answers its task at once',
      parameters: [seconds(windowSecondsMax)],
      responses: {
        200: json('The task', { type: 'string', format: 'uuid' }),
        422: invalid,
        429: json('Too many tasks are unfinished', excused),
      },
    },
    '/get_avg_speed_task_status': {
      summary: 'How far a task is: JSON in a string, or null for a task that is not known',
      parameters: [inQuery('task_id', { type: 'string', format: 'uuid' })],
      responses: { 200: json('REQUESTED, RUNNING, DONE or FAILED', status), 422: invalid },
    },
  };
  return {
    openapi: '3.1.0',
    info: { title: 'Vehicle Data API', version: '0.1.0' },
    paths: Object.fromEntries(
      Object.entries(paths).map(([path, { summary, ...rest }]) => {
        const operationId = path.slice(1);
        const method = operationId.startsWith('request') ? 'post' : 'get';
        return [path, { [method]: { operationId, summary, ...rest } }];
      }),
    ),
    components: {
      schemas: {
        GPS: { type: 'object', required: Object.keys(gpsFields), properties: gpsFields },
        HTTPValidationError: refused,
        Fault: fault,
      },
    },
  };
}

/** `/docs` and `/openapi.json`, all from here. */
export function serveGpsDocs(app: FastifyInstance, document: object): void {
  servePages(app, {
    '/docs': 'gps-docs.html',
    '/docs/start.js': 'gps-docs-start.js',
    '/openapi.json': textAs('openapi.json', JSON.stringify(document)),
    ...readViewer(),
  });
}
