/** Every way Bazar refuses: one stable code, its HTTP status, and what the caller should make of it. */
export const refusals = {
  invalid: [
    400,
    'Something in the request is not as the contract says; `errors` names each field.',
  ],
  malformed: [400, 'The request cannot be read: its JSON, encoding or headers are broken.'],
  unauthorized: [401, 'Sign in, refresh the access token, or send a valid API key.'],
  forbidden: [403, 'The caller is known, but its role or scopes do not allow this.'],
  notFound: [404, 'There is no such thing, or it belongs to somebody else.'],
  noFixes: [404, 'The vehicle has not said where it was in this time; ask about another.'],
  methodNotAllowed: [
    405,
    'The path exists, but not with this method; `Allow` lists the right ones.',
  ],
  requestTimeout: [408, 'The request did not arrive in time; send it again, faster.'],
  conflict: [409, 'The current state does not allow this; look at it again.'],
  alreadyExists: [409, 'The name, e-mail or id is taken; choose another.'],
  inFlight: [409, 'The same request is still under way; wait, then send it again with its key.'],
  orderVoided: [
    409,
    'Nothing was ordered under this key, and nothing ever will be; use a new key.',
  ],
  outOfStock: [409, 'There is not enough stock; `details` names each short line.'],
  preconditionFailed: [412, 'It changed since it was read: read it again, then send its new ETag.'],
  tooLarge: [413, 'The body is larger than this server reads.'],
  unsupportedMediaType: [415, 'Send JSON (`content-type: application/json`), not compressed.'],
  keyReused: [422, 'This Idempotency-Key was used with another body; use a new key.'],
  unknownProduct: [422, 'There is no such product; `details` names those that are not known.'],
  preconditionRequired: [428, 'Send `If-Match` with the ETag of what you read.'],
  rateLimited: [429, 'Too many requests from this caller; wait for `Retry-After` seconds.'],
  headersTooLarge: [431, 'The request headers are larger than this server reads.'],
  internal: [500, 'A fault of ours; it is logged under the request id.'],
  overloaded: [503, 'Too busy right now; nothing was done. Try again after `Retry-After` seconds.'],
  outcomeUnknown: [
    503,
    'It may have been done or not; the same Idempotency-Key finds out and never does it twice.',
  ],
  unavailable: [503, 'Something this needs is away; try again, with the same Idempotency-Key.'],
  deadlineExceeded: [504, 'No answer in time; try again, with the same Idempotency-Key.'],
} as const satisfies Record<string, readonly [status: number, advice: string]>;

export type ErrorCode = keyof typeof refusals;

export type FieldError = {
  in: 'body' | 'query' | 'params' | 'headers';
  pointer: string;
  detail: string;
};

type Particulars = {
  errors?: FieldError[];
  details?: unknown;
  retryAfterSeconds?: number;
  cause?: unknown;
};

/** A refusal the caller can act on. Anything else that is thrown is a bug and becomes a 500. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly errors: FieldError[] | undefined;
  readonly details: unknown;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, particulars: Particulars = {}) {
    super(message, { cause: particulars.cause });
    this.name = 'AppError';
    this.code = code;
    this.errors = particulars.errors;
    this.details = particulars.details;
    this.retryAfterSeconds = particulars.retryAfterSeconds;
  }

  get status(): number {
    return refusals[this.code][0];
  }
}

/** An RFC 9457 answer, as it goes over the wire. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  instance?: string;
  requestId?: string;
  traceId?: string;
  errors?: FieldError[];
  details?: unknown;
};

export function problemOf(error: AppError): Problem {
  const { code, status, message, errors, details } = error;
  return {
    type: `/docs/problems#${code}`,
    title: titleOf(code),
    status,
    detail: message,
    code,
    ...(errors && { errors }),
    ...(details !== undefined && { details }),
  };
}

/** Rebuilds a refusal that another process sent; what is not a problem of ours is not trusted. */
export function errorOf(problem: unknown, retryAfterSeconds?: number): AppError | undefined {
  if (typeof problem !== 'object' || problem === null) return undefined;
  const { code, detail, errors, details } = problem as Partial<Problem>;
  if (typeof code !== 'string' || !Object.hasOwn(refusals, code)) return undefined;
  return new AppError(code, String(detail), {
    ...(errors && { errors }),
    ...(details !== undefined && { details }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

/** Refuses one field of the input, for rules that a schema cannot say. */
export function invalid(where: FieldError['in'], pointer: string, detail: string): AppError {
  const name = pointer === '' ? `The ${where}` : pointer;
  return new AppError('invalid', `${name} ${detail}`, { errors: [{ in: where, pointer, detail }] });
}

/** `keyReused` reads as "Key reused". */
function titleOf(code: ErrorCode): string {
  const words = code.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
