import { fixText } from './tracking-requests.ts';
import { vehicleName } from './tracking-spec.ts';
import { ask, type Staff, type Tracker } from './tracking-systems.ts';

export type AverageResult = { fixes: number; calls: number; medianMs: number; slowestMs: number };

const daySeconds = 86_400;
const perRequest = 1_000;
const calls = 20;
/** Nobody else reports for it. */
const vehicle = vehicleName(9_999);

/** A day of one vehicle, a fix each second, and how long its average speed takes over all of it. */
export async function measureAverage(all: Tracker, staff: Staff): Promise<AverageResult> {
  const [token] = await staff.tokens(all.port);
  const url = `http://127.0.0.1:${all.port}/v1/vehicles/${vehicle}`;
  const lastMs = Math.floor(Date.now() / 1_000) * 1_000;
  for (let first = 0; first < daySeconds; first += perRequest) {
    const count = Math.min(perRequest, daySeconds - first);
    const fixes = Array.from({ length: count }, (_, k) => {
      const secondsAgo = daySeconds - 1 - first - k;
      return fixText(first + k, new Date(lastMs - secondsAgo * 1_000).toISOString());
    });
    const body = `{"fixes":[${fixes.join(',')}]}`;
    // oxlint-disable-next-line no-await-in-loop -- a device reports one after the other
    await ask('POST', `${url}/fixes`, { token, body: JSON.parse(body) });
  }
  const until = new Date(lastMs).toISOString();
  const path = `${url}/average-speed?windowSeconds=${daySeconds}&until=${until}`;
  const took: number[] = [];
  let found = 0;
  for (let i = 0; i < calls; i += 1) {
    const startedAtMs = performance.now();
    // oxlint-disable-next-line no-await-in-loop -- one call at a time is what is measured
    found = (await ask<{ fixes: number }>('GET', path, { token })).fixes;
    took.push(performance.now() - startedAtMs);
  }
  const sorted = took.toSorted((a, b) => a - b);
  const medianMs = ((sorted[calls / 2 - 1] ?? NaN) + (sorted[calls / 2] ?? NaN)) / 2;
  return { fixes: found, calls, medianMs, slowestMs: sorted.at(-1) ?? NaN };
}
