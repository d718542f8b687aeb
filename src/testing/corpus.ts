import { randomUUID } from 'node:crypto';
import { Ajv } from 'ajv';
import type { Operation } from '../platform/api.ts';
import { someName } from './shop.ts';

/** As much of JSON Schema as contracts are written in. */
export type Schema = {
  type?: string;
  enum?: readonly unknown[];
  anyOf?: readonly Schema[];
  properties?: Record<string, Schema>;
  required?: readonly string[];
  items?: Schema;
  minimum?: number;
  maximum?: number;
};

/** One place in a body, however deep, and what may be there. */
export type Field = { path: readonly (string | number)[]; pointer: string; schema: Schema };

type Known = Readonly<Record<string, unknown>>;

const ajv = new Ajv({ strict: false });

export const fits = (schema: Schema, value: unknown): boolean => ajv.validate(schema, value);

/** The body, query or headers of an operation, as plain JSON Schema. */
export function partOf(operation: Operation, part: 'body' | 'query' | 'headers' | 'params') {
  return operation[part] as Schema | undefined;
}

/** Something that a schema takes; `known` says what has a meaning beyond its form. */
export function sampleOf(schema: Schema, known: Known = {}): unknown {
  const { type, enum: values, anyOf, items = {}, minimum = 1 } = schema;
  if (values) return values[0];
  if (anyOf) return sampleOf(anyOf[0] ?? {}, known);
  if (type === 'array') return [sampleOf(items, known)];
  if (type === 'object') return objectOf(schema, known);
  const plain = [Math.max(1, minimum), false];
  const time = new Date().toISOString();
  const texts = [someName(), `${someName()}@shop.example`, randomUUID(), time];
  return [...plain, ...texts].find((candidate) => fits(schema, candidate));
}

/** What must be there, or else the first that may. */
function objectOf({ properties = {}, required }: Schema, known: Known): object {
  const keys = required?.length ? required : Object.keys(properties).slice(0, 1);
  const fields = keys.map((key) => [key, known[key] ?? sampleOf(properties[key] ?? {}, known)]);
  return Object.fromEntries(fields) as object;
}

/** Every field of a body, also those within objects and arrays. */
export function fieldsOf(schema: Schema, path: Field['path'] = []): Field[] {
  const here: Field[] =
    path.length > 0 ? [{ path, pointer: path.map((step) => `/${step}`).join(''), schema }] : [];
  const within = Object.entries(schema.properties ?? {}).flatMap(([key, property]) =>
    fieldsOf(property, [...path, key]),
  );
  const items = schema.items ? fieldsOf(schema.items, [...path, 0]) : [];
  return [...here, ...within, ...items];
}

/** The same body with another value in one place; the value is JSON, so that it can be any text. */
export function withJson(body: unknown, path: Field['path'], json: string): string {
  const mark = `@@${randomUUID()}@@`;
  const copy = structuredClone(body);
  const last = path.at(-1) ?? '';
  let place = copy as Record<string | number, unknown>;
  path.slice(0, -1).forEach((step, i) => {
    place[step] ??= typeof path[i + 1] === 'number' ? [] : {};
    place = place[step] as Record<string | number, unknown>;
  });
  place[last] = mark;
  return JSON.stringify(copy).replace(`"${mark}"`, () => json);
}

/** Values of every type, as JSON; those that a field takes are no mistake there. */
export const typedJson = ['1', '1.5', '-1', 'true', 'null', '[]', '{}', '[1]', '"x"', '""', '"1"'];
/** Numbers that do not survive, and text that PostgreSQL or a log would not. */
export const brokenJson = ['9007199254740993', '1e400', '-1e400', '"a\\u0000b"', '"\\ud800"'];

/** What no server should read as JSON, for reasons of its own each. */
export const brokenBodies: Record<string, string | Uint8Array> = {
  'half an object': '{',
  'no value': '{"a":}',
  'single quotes': `{'a':1}`,
  'a comma too many': '{"a":1,}',
  NaN: '{"a":NaN}',
  'two values': '{}{}',
  'an array': '[]',
  null: 'null',
  text: '"text"',
  'equal names': '{"a":1,"a":2}',
  'a byte order mark': '\ufeff{}',
  'invalid UTF-8': new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  'an overlong encoding': new Uint8Array([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d]),
  'deep arrays': '['.repeat(10_000) + ']'.repeat(10_000),
  'deep objects': `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
  'a prototype': '{"__proto__":{"polluted":1}}',
  'a constructor': '{"constructor":{"prototype":{"polluted":1}}}',
};

/** Fields that only the server may set. */
export const ownFields = {
  id: randomUUID(),
  role: 'staff',
  status: 'confirmed',
  number: 1,
  version: '9-9',
  disabled: false,
  available: 1_000,
  reserved: 0,
  isAdmin: true,
};

/** What would do harm if it were read as SQL, a pattern, a template, a header or a property. */
export const hostileTexts = [
  `'; drop table users.accounts; --`,
  `' or '1'='1`,
  `\\'; select pg_sleep(5); --`,
  `$1`,
  `x') union select null, version() --`,
  '%_%',
  `:* & | ! ( ) <-> 'x`,
  '"unclosed or -',
  '${7*7}{{7*7}}<script>alert(1)</script>',
  'a\r\nset-cookie: a=b',
  'constructor',
  '__proto__',
  'toString',
];

/** Long, and wrong only at the end: what a pattern that backtracks would think about for ages. */
export const longTexts = [
  'a'.repeat(50_000),
  `${'a.'.repeat(25_000)}@`,
  `a@${'a.'.repeat(25_000)}`,
  `${' '.repeat(50_000)}!`,
  `${'a '.repeat(25_000)}-`,
  `${'1-'.repeat(25_000)}x`,
];
