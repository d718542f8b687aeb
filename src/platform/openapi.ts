import type { TObject, TSchema } from 'typebox';
import type { Operation } from './api.ts';
import { refusals, type ErrorCode } from './errors.ts';
import { kebab, snake } from './names.ts';

/** An operation as the outside sees it. */
export type Described = {
  name: string;
  tag: string;
  operation: Operation;
  /** In words, who may call it; absent means anyone. */
  who?: string;
};

type Json = Record<string, unknown>;

/** What every operation may answer besides what it says itself. */
const always: readonly ErrorCode[] = ['invalid', 'rateLimited', 'overloaded', 'deadlineExceeded'];

const bearerHelp = 'An access token of `POST /v1/sessions`, or an API key (`bzk_…`).';

const problemSchema = {
  type: 'object',
  description: 'RFC 9457 problem details',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', enum: Object.keys(refusals) },
    instance: { type: 'string' },
    requestId: { type: 'string' },
    traceId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          in: { type: 'string' },
          pointer: { type: 'string' },
          detail: { type: 'string' },
        },
      },
    },
    details: {},
  },
};

/** The contract of a whole Api as an OpenAPI 3.1 document. */
export function openApi(described: readonly Described[], info: Json): Json {
  const byPath = Map.groupBy(described, ({ operation }) => operation.path);
  const paths = [...byPath].map(([path, entries]) => [
    path.replaceAll(/:(\w+)/g, '{$1}'),
    Object.fromEntries(entries.map((one) => [one.operation.method.toLowerCase(), describe(one)])),
  ]);
  return {
    openapi: '3.1.0',
    info,
    servers: [{ url: '/' }],
    tags: [...new Set(described.map(({ tag }) => tag))].map((name) => ({ name })),
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: bearerHelp } },
      schemas: { Problem: problemSchema },
    },
  };
}

function describe({ name, tag, operation, who }: Described): Json {
  const { summary, description, params, query, headers, cookies, body } = operation;
  const parameters = [
    ...parametersOf('path', params),
    ...parametersOf('query', query),
    ...parametersOf('header', headers),
    ...parametersOf('cookie', cookies),
  ];
  const text = [description, who && `For ${who}.`].filter(Boolean).join(' ');
  return {
    operationId: name,
    tags: [tag],
    summary,
    ...(text && { description: text }),
    ...(who && { security: [{ bearer: [] }] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: plain(body) } } },
    }),
    responses: responsesOf(operation, who !== undefined),
  };
}

type Where = 'path' | 'query' | 'header' | 'cookie';

function parametersOf(where: Where, schema: TObject | undefined): Json[] {
  return Object.entries(schema?.properties ?? {}).map(([key, value]) => {
    const { description, ...rest } = plain(value);
    return {
      name: nameIn(where, key),
      in: where,
      required: ((schema?.required ?? []) as string[]).includes(key),
      ...(description !== undefined && { description }),
      schema: rest,
    };
  });
}

function nameIn(where: Where, key: string): string {
  if (where === 'cookie') return snake(key);
  return where === 'header' ? headerName(key) : key;
}

/** `ifMatch` as it is usually written: `If-Match`. */
function headerName(key: string): string {
  return kebab(key).replaceAll(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

function responsesOf(operation: Operation, closed: boolean) {
  const { status = 200, reply, refuses = [], versioned, location, cacheControl } = operation;
  const headers = {
    ...(versioned && { ETag: { schema: { type: 'string' } } }),
    ...(location && { Location: { schema: { type: 'string' } } }),
    ...(cacheControl && { 'Cache-Control': { schema: { const: cacheControl } } }),
  };
  const codes = [
    ...always,
    ...refuses,
    ...(closed ? (['unauthorized', 'forbidden'] as const) : []),
  ];
  const byStatus = Map.groupBy(new Set(codes), (code) => String(refusals[code][0]));
  const problems = [...byStatus].map(([code, names]) => [
    code,
    {
      description: names.map((name) => `\`${name}\``).join(', '),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]);
  return {
    [status]: {
      description: status === 204 ? 'Done' : 'The answer',
      ...(Object.keys(headers).length > 0 && { headers }),
      ...(status !== 204 && { content: { [typeOf(operation)]: { schema: plain(reply) } } }),
    },
    ...Object.fromEntries(problems),
  };
}

/** What an answer is written in. */
function typeOf({ streams, contentType = 'application/json' }: Operation): string {
  return streams ? 'text/event-stream' : contentType;
}

/** A schema without what its library hides in it. */
function plain(schema: TSchema): Json {
  return JSON.parse(JSON.stringify(schema)) as Json;
}
