import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { TSchema } from 'typebox';
import { invalid, type FieldError } from './errors.ts';
import { inspect, pointerTo } from './json.ts';

export type Check = (value: unknown) => void;

/**
 * Compiles the checks of one server. Bodies are taken as they are; what comes as text (path, query,
 * headers) is read as the number or boolean that the schema asks for.
 */
export function checks(): (where: FieldError['in'], schema: TSchema) => Check {
  const settings = { strict: true, strictTypes: false, useDefaults: false, allErrors: false };
  const asItIs = new Ajv({ ...settings, coerceTypes: false });
  const fromText = new Ajv({ ...settings, coerceTypes: true });

  return (where, schema) => {
    const numbers = numberFields(schema);
    // Compiled when it is asked for: all of them would be a tenth of the start, and few are needed soon.
    let fits: ValidateFunction | undefined;
    return (value) => {
      // A body was inspected when it was parsed.
      if (where !== 'body') {
        inspect(value, '', { in: where, depth: 0 });
        refuseOddNumbers(value as Record<string, unknown>, numbers, where);
      }
      fits ??= (where === 'body' ? asItIs : fromText).compile(schema);
      const [error] = fits(value) ? [] : (fits.errors ?? []);
      if (error) throw invalid(where, pointerOf(error), detailOf(error));
    };
  };
}

/** Ajv points at the object; we point at the field itself. */
function pointerOf({ instancePath, params }: ErrorObject): string {
  const field: unknown = params['missingProperty'] ?? params['additionalProperty'];
  if (typeof field !== 'string') return instancePath;
  return pointerTo(instancePath, field);
}

function detailOf({ keyword, params, message }: ErrorObject): string {
  if (keyword === 'required') return 'is missing';
  if (keyword === 'additionalProperties') return 'is not a field here';
  if (keyword === 'enum') return `must be one of ${params['allowedValues'].join(', ')}`;
  if (keyword === 'const') return `must be ${params['allowedValue']}`;
  return message ?? 'is not as the contract says';
}

const plainNumber = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function numberFields({ properties = {} }: TSchema & { properties?: Record<string, TSchema> }) {
  const entries = Object.entries(properties) as [string, { type?: string }][];
  return entries.filter(([, { type }]) => type === 'number' || type === 'integer');
}

/** Ajv would read `0x10`, ` 5` and `1e400` as numbers, the last one as greater than every maximum. */
function refuseOddNumbers(
  value: Record<string, unknown>,
  fields: ReturnType<typeof numberFields>,
  where: FieldError['in'],
): void {
  for (const [name, { type }] of fields) {
    const text = value[name];
    if (typeof text !== 'string') continue;
    if (!plainNumber.test(text) || !Number.isFinite(Number(text))) {
      throw invalid(where, pointerTo('', name), `must be ${type}`);
    }
  }
}
