import type { Service } from '../platform/api.ts';
import type { Call } from '../platform/call.ts';
import { AppError, type FieldError } from '../platform/errors.ts';
import type { trackingApi } from '../tracking/api.ts';
import type { osmandApi } from './osmand-api.ts';
import { readReport, type Fix, type Report, type Sent } from './osmand-form.ts';

type Parts = {
  tracking: Pick<Service<typeof trackingApi>, 'addFixes'>;
  now: () => Date;
};

type Answer = { result: 'stored' | 'known' | 'refused'; reason?: string };

/**
 * Phones that report in a form of their own. They keep what is not answered with 200, and send it
 * again before all that is newer. That is right while somebody can mend it (a wrong key, a vehicle
 * that is not known, a form that we cannot read), but a fix that has become too old on the way, or
 * that a wrong clock has dated, would keep a phone in good order silent for ever.
 */
export function createOsmand({ tracking, now }: Parts): Service<typeof osmandApi> {
  async function report(sent: Sent, call: Call): Promise<Answer> {
    if (isDoubted(sent)) return { result: 'refused', reason: 'The device does not believe it' };
    const read = readReport(sent, now());
    const { vehicleId: id, fix } = read;
    try {
      const { results } = await tracking.addFixes({ id, fixes: [fix] }, call);
      return results[0] ?? { result: 'refused' };
    } catch (error) {
      return refusedFor(error, read);
    }
  }

  return { reportByOsmAnd: report, postByOsmAnd: report };
}

/** Some devices report also when they have no fix, with the place of the last one or none. */
function isDoubted({ valid }: Sent): boolean {
  return valid === 'false' || valid === '0';
}

/** What is wrong with the time of a fix, or else the refusal in the words of the phone. */
function refusedFor(error: unknown, { places }: Report): Answer {
  if (!(error instanceof AppError) || error.code !== 'invalid') throw error;
  const [{ pointer, detail } = { pointer: '', detail: error.message }] = error.errors ?? [];
  const field = pointer.replace('/fixes/0/', '') as keyof Fix;
  if (field === 'timestamp') return { result: 'refused', reason: `The time ${detail}` };
  const place = places[field];
  if (!place) throw error;
  const translated: FieldError = { ...place, detail };
  throw new AppError('invalid', `${place.pointer} ${detail}`, { errors: [translated] });
}
