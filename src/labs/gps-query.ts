import { AppError } from '../platform/errors.ts';

export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;
type Range = { min: number; max: number; more?: string };

/** What is wrong with one parameter, in the words of the original's framework. */
type Fault = { type: string; msg: string; input: unknown; ctx?: object };

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const notFinitePattern = /^[+-]?(?:nan|inf|infinity)$/i;
const uuidPattern = /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/;

/** A number in the query, written in any way that the original took. */
export function numberIn(query: Query, name: string, { min, max, more = '' }: Range): number {
  const input = textIn(query, name);
  const text = input.trim();
  const value = Number(text);
  if (notFinitePattern.test(text) || Math.abs(value) === Infinity) {
    const msg = 'Input should be a finite number';
    throw refused(name, { type: 'finite_number', msg, input });
  }
  if (!numberPattern.test(text)) {
    const msg = 'Input should be a valid number, unable to parse string as a number';
    throw refused(name, { type: 'float_parsing', msg, input });
  }
  if (value < min) {
    const msg = `Input should be greater than or equal to ${min}`;
    throw refused(name, { type: 'greater_than_equal', msg, input, ctx: { ge: min } });
  }
  if (value > max) {
    const msg = `Input should be less than or equal to ${max}${more}`;
    throw refused(name, { type: 'less_than_equal', msg, input, ctx: { le: max } });
  }
  return value;
}

/** A UUID in the query, in the spelling of Bazar. */
export function uuidIn(query: Query, name: string): string {
  const input = textIn(query, name);
  const plain = input.toLowerCase().replace(/^urn:uuid:/, '');
  const parts = uuidPattern.exec(plain)?.slice(1);
  if (parts) return parts.join('-');
  throw refused(name, { type: 'uuid_parsing', msg: 'Input should be a valid UUID', input });
}

/** Of a parameter that comes more than once, the last. */
function textIn(query: Query, name: string): string {
  const given = query[name];
  const text = typeof given === 'object' ? given.at(-1) : given;
  if (text !== undefined) return text;
  throw refused(name, { type: 'missing', msg: 'Field required', input: null });
}

function refused(name: string, fault: Fault): AppError {
  const { type, msg, ...rest } = fault;
  return new AppError('invalid', `${name}: ${msg}`, {
    details: [{ type, loc: ['query', name], msg, ...rest }],
  });
}

/** A refusal, in the form of the original. */
export function detailOf({ code, status, message, details }: AppError) {
  if (code === 'notFound') return { status, body: { detail: 'Not Found' } };
  if (code === 'methodNotAllowed') return { status, body: { detail: 'Method Not Allowed' } };
  if (code !== 'invalid') return { status, body: { detail: message } };
  const other = [{ type: 'value_error', loc: ['query'], msg: message, input: null }];
  return { status: 422, body: { detail: details ?? other } };
}
