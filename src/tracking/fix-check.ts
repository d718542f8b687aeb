import { AppError, type FieldError } from '../platform/errors.ts';
import { readTime } from '../platform/times.ts';
import { checks } from '../platform/validate.ts';
import { Fix } from './shapes.ts';

/** A fix that may be true, or why it cannot be. */
export type Checked = { fix: Fix; atMs: number } | { field: string; reason: string };

/** Clocks of devices go wrong; so far ahead is still believed. */
const aheadMsMax = 300_000;
const dayMs = 86_400_000;
/** Less than a micrometre from the equator or the meridian; an index of places fails on such numbers. */
const tinyDegrees = 1e-12;
const grounded = (degrees: number): number => (Math.abs(degrees) < tinyDegrees ? 0 : degrees);

/** Checks fixes one by one: what is wrong with one says nothing about the others. */
export function createFixCheck({ fixDays, now }: { fixDays: number; now: () => Date }) {
  const expectFix = checks()('body', Fix);

  function shapeFault(value: unknown): Checked | undefined {
    try {
      expectFix(value);
      return undefined;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const [{ pointer, detail } = { pointer: '', detail: error.message }] = error.errors ?? [];
      return { field: pointer, reason: `${pointer || 'The fix'} ${detail}` };
    }
  }

  return (value: unknown): Checked => {
    const fault = shapeFault(value);
    if (fault) return fault;
    const fix = value as Fix;
    const atMs = readTime(fix.timestamp);
    if (atMs === undefined) return wrongTime('is not a time of RFC 3339');
    const nowMs = now().getTime();
    if (atMs > nowMs + aheadMsMax) return wrongTime('is in the future');
    if (atMs < nowMs - fixDays * dayMs) return wrongTime(`is older than ${fixDays} days`);
    return { fix: onGround(fix), atMs };
  };
}

function onGround(fix: Fix): Fix {
  const { latitude, longitude } = fix;
  if (Math.abs(latitude) >= tinyDegrees && Math.abs(longitude) >= tinyDegrees) return fix;
  return { ...fix, latitude: grounded(latitude), longitude: grounded(longitude) };
}

function wrongTime(what: string): Checked {
  return { field: '/timestamp', reason: `/timestamp ${what}` };
}

/** What is wrong with a request that has no fix to keep. */
export function refuseAll(checked: readonly Checked[], isList: boolean): AppError {
  const errors = checked.flatMap((one, i): FieldError[] => {
    if (!('field' in one)) return [];
    const pointer = isList ? `/fixes/${i}${one.field}` : one.field;
    return [{ in: 'body', pointer, detail: one.reason.slice(one.field.length).trimStart() }];
  });
  const what = errors.length === 1 ? 'The fix is' : `All ${errors.length} fixes are`;
  return new AppError('invalid', `${what} impossible; nothing was stored`, { errors });
}
