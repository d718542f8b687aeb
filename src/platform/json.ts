import { AppError, invalid, type FieldError } from './errors.ts';

const depthMax = 32;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a JSON body, and refuses what other readers might read differently. */
export function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  let value: unknown;
  try {
    text = decoder.decode(bytes);
    value = JSON.parse(text);
  } catch {
    throw new AppError('malformed', 'The body is not JSON in UTF-8');
  }
  const memberCount = inspect(value, '', { in: 'body', depth: 0 });
  // JSON.parse keeps the last of two equal names; a proxy in front of us may keep the first.
  if (memberCount !== colonsOutsideStrings(text)) {
    throw new AppError('malformed', 'The body has two members of the same name');
  }
  return value;
}

/**
 * Refuses, with its pointer, whatever would not survive PostgreSQL, a JavaScript number or a
 * merge: NUL, lone surrogates, unsafe numbers, `__proto__`, deep nesting. Counts object members.
 */
export function inspect(
  value: unknown,
  pointer: string,
  at: { in: FieldError['in']; depth: number },
): number {
  if (typeof value === 'string') return refuseText(value, pointer, at.in);
  if (typeof value === 'number') return refuseNumber(value, pointer, at.in);
  if (typeof value !== 'object' || value === null) return 0;
  if (at.depth >= depthMax) {
    throw invalid(at.in, pointer, `is nested deeper than ${depthMax} levels`);
  }
  const within = { in: at.in, depth: at.depth + 1 };
  let memberCount = 0;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries())
      memberCount += inspect(item, `${pointer}/${i}`, within);
    return memberCount;
  }
  for (const [key, member] of Object.entries(value)) {
    const path = pointerTo(pointer, key);
    if (key === '__proto__') throw invalid(at.in, path, 'is not a field');
    refuseText(key, pointer, at.in);
    memberCount += 1 + inspect(member, path, within);
  }
  return memberCount;
}

/** RFC 6901: where a member of an object is. */
export function pointerTo(pointer: string, key: string): string {
  return `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function refuseText(text: string, pointer: string, where: FieldError['in']): 0 {
  if (text.includes('\0')) throw invalid(where, pointer, 'contains a NUL character');
  if (!text.isWellFormed()) throw invalid(where, pointer, 'contains a lone surrogate');
  return 0;
}

function refuseNumber(number: number, pointer: string, where: FieldError['in']): 0 {
  const exact = Number.isSafeInteger(number) || Math.abs(number) < Number.MAX_SAFE_INTEGER;
  if (!exact) throw invalid(where, pointer, 'is a number too large to be exact');
  return 0;
}

/** In valid JSON each object member has exactly one. */
function colonsOutsideStrings(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0x3a) count += 1;
    else if (code === 0x22) i = endOfString(text, i);
  }
  return count;
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes += 1;
  return backslashes % 2 === 1;
}
