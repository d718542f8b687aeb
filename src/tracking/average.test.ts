import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { checks } from '../platform/validate.ts';
import { callBy, callByStaff } from '../testing/call.ts';
import { trackingApi } from './api.ts';
import { fixAt, noon } from './fixture.ts';
import type { Fix } from './shapes.ts';
import { averageByHand } from './testing-average.ts';
import { freshTasks } from './testing-tasks.ts';

const tracking = await freshTasks();
const { drive, database, newCourier, getAverageSpeed, createAverageSpeedTask, over } = tracking;

function near(actual: number, expected: number): void {
  // The smallest numbers that there are have no nine digits.
  const errorMax = 1e-9 * expected + 1e-300;
  assert.ok(Math.abs(actual - expected) <= errorMax, `${actual} is not ${expected}`);
}
const timeAt = (seconds: number) => fixAt(seconds).timestamp;
const speedAt = (seconds: number, speed?: number): Fix =>
  fixAt(seconds, speed === undefined ? {} : { speedMetersPerSecond: speed });

async function averageOf(fixes: readonly Fix[], windowSeconds: number, until?: string) {
  const { id, call } = await newCourier(fixes);
  return getAverageSpeed({ id, windowSeconds, ...(until && { until }) }, call());
}

test('each speed counts for as long as it holds, the last until the end of the window', async () => {
  const fixes = [speedAt(-100, 99), speedAt(-8, 10), speedAt(-2, 20), speedAt(-1)];
  const { id, call } = await newCourier(fixes);
  const average = await getAverageSpeed({ id, windowSeconds: 60 }, call());
  assert.deepEqual(average, {
    vehicleId: id,
    averageSpeedMetersPerSecond: (10 * 6 + 20 * 2) / 8,
    from: timeAt(-60),
    until: timeAt(0),
    fixes: 2,
  });
});

test('a window is without its beginning and with its end, to the millisecond', async () => {
  const fixes = [speedAt(-10, 7), speedAt(-9.999, 3), speedAt(0, 50), speedAt(0.001, 70)];
  const whole = await averageOf(fixes, 10);
  assert.deepEqual([whole.averageSpeedMetersPerSecond, whole.fixes], [3, 2]);
  const longer = await averageOf(fixes, 10.001);
  near(longer.averageSpeedMetersPerSecond, (7 * 0.001 + 3 * 9.999) / 10);
});

test('a fix at the very end that is alone is the average', async () => {
  const { averageSpeedMetersPerSecond, fixes } = await averageOf([speedAt(-5, 42)], 3, timeAt(-5));
  assert.deepEqual([averageSpeedMetersPerSecond, fixes], [42, 1]);
});

test('who stands still goes nought, and who says no speed has no average', async () => {
  const crawls = await averageOf([speedAt(-5, Number.MIN_VALUE), speedAt(-4.999, 0)], 60);
  assert.equal(crawls.averageSpeedMetersPerSecond, 0);
  assert.equal((await averageOf([speedAt(-5, 0)], 60)).averageSpeedMetersPerSecond, 0);
  for (const fixes of [[], [speedAt(-1)], [speedAt(-70, 3)]]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, so that it says which
    await assert.rejects(averageOf(fixes, 60), { code: 'noFixes' });
  }
});

test('nobody asks about the future, nor about what is no time', async () => {
  const fixes = [speedAt(-5, 4)];
  for (const until of [timeAt(0.001), '2026-02-30T00:00:00Z', '2026-11-20T24:00:01Z']) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, so that it says which
    await assert.rejects(averageOf(fixes, 60, until), { code: 'invalid' });
  }
  assert.equal((await averageOf(fixes, 60, '2026-11-20T13:00:00+01:00')).fixes, 1);
  await assert.rejects(averageOf(fixes, 60, '0000-01-01T00:00:00Z'), { code: 'noFixes' });
});

test('only who may see the vehicle is told', async () => {
  const { id, userId } = await newCourier([speedAt(-5, 4)]);
  const user = { kind: 'user', id: userId, sessionId: 'none', token: 'none' } as const;
  const ask = (caller: Parameters<typeof callBy>[0]) =>
    getAverageSpeed({ id, windowSeconds: 60 }, callBy(caller));

  await assert.rejects(ask(undefined), { code: 'unauthorized' });
  await assert.rejects(ask({ ...user, role: 'customer' }), { code: 'forbidden' });
  await assert.rejects(ask({ ...user, role: 'courier', scopes: [] }), { code: 'forbidden' });
  await assert.rejects(ask({ ...user, role: 'courier', vehicleId: 'x' }), { code: 'notFound' });
  await assert.rejects(ask({ ...user, role: 'courier', id: randomUUID() }), { code: 'notFound' });
  assert.equal((await ask({ ...user, role: 'courier', vehicleId: id })).fixes, 1);
  assert.equal((await ask({ ...user, role: 'staff', id: randomUUID() })).fixes, 1);
  assert.equal((await ask({ kind: 'service', name: 'demo' })).fixes, 1);
});

test('the window is a number of seconds within its limits', async () => {
  const check = checks()('query', trackingApi.getAverageSpeed.query);
  const { id, call } = await newCourier([speedAt(0, 4)]);
  const ask = async (windowSeconds: string | undefined) => {
    const query = { windowSeconds } as unknown as { windowSeconds: number };
    check(query);
    return getAverageSpeed({ id, ...query }, call());
  };

  const right = await Promise.all(['0.1', '5', '86400', '1e3'].map(ask));
  assert.deepEqual(
    right.map(({ from }) => noon - Date.parse(from)),
    [100, 5_000, 86_400_000, 1_000_000],
  );
  const wrong = ['0.0999', '0', '-5', '86400.1', '1e400', '-1e400', 'NaN', 'Infinity', '', ' '];
  await Promise.all(
    [...wrong, 'abc', '5s', '1,5', '0b', '\u0661', undefined].map((windowSeconds) =>
      assert.rejects(ask(windowSeconds), { code: 'invalid' }, windowSeconds),
    ),
  );
});

/** Few times, so that many of them meet: on each other, and on the ends of windows. */
const offset = fc.oneof(
  fc.integer({ min: -80, max: 0 }).map((steps) => steps * 250),
  fc.integer({ min: -20_000, max: 0 }),
);
const speeds = fc.oneof(
  fc.double({ min: 0, max: 10_000, noNaN: true }),
  fc.integer({ min: 0, max: 50 }),
);
const told = fc.record({
  ms: offset,
  speed: fc.option(speeds, { nil: undefined }),
});
const question = fc.record({
  track: fc.array(told, { maxLength: 40 }),
  untilMs: offset,
  windowMs: fc.integer({ min: 100, max: 15_000 }),
  // Noon, and the midnight at which a day of fixes ends.
  baseSeconds: fc.constantFrom(0, -12 * 3_600 + 7),
});

test('is what comes out by hand, at once and as a task', async () => {
  const worker = tracking.openWorker();
  await fc.assert(
    fc.asyncProperty(question, async ({ track, untilMs, windowMs, baseSeconds }) => {
      const fixes = track.map(({ ms, speed }) => speedAt(baseSeconds + ms / 1_000, speed));
      const unique = [...new Map(fixes.map((fix) => [fix.timestamp, fix])).values()];
      const { id, call } = await newCourier(unique);
      const endMs = noon + baseSeconds * 1_000 + untilMs;
      const until = new Date(endMs).toISOString();
      const asked = { id, windowSeconds: windowMs / 1_000, until };
      const byHand = averageByHand(unique, endMs - windowMs, endMs);

      const direct = await getAverageSpeed(asked, call()).catch(({ code }) => code);
      const made = await createAverageSpeedTask({ ...asked, look: 'back' }, call());
      worker.onTask(new Date(made.until));
      const { result, problem } = await over(made.id);
      assert.deepEqual(result ?? problem?.code, direct);
      if (!byHand) return assert.equal(direct, 'noFixes');
      assert.equal(direct.fixes, byHand.fixes);
      near(direct.averageSpeedMetersPerSecond, byHand.average);
    }),
    // What fails is shown at once: smaller cases would take long to find.
    { numRuns: 60, endOnFailure: true },
  );
});

test('neither order, nor repetition, nor delay of the fixes makes a difference', async () => {
  const fixes = Array.from({ length: 60 }, (_, i) => speedAt(-90 + i * 1.5, (i * 7.3) % 31));
  const expected = await averageOf(fixes, 80);
  const shuffles = fc.sample(fc.shuffledSubarray([...fixes, ...fixes], { minLength: 120 }), 5);
  for (const shuffled of shuffles) {
    const id = `shuffled-${randomUUID()}`;
    for (let i = 0; i < shuffled.length; i += 25) {
      // oxlint-disable-next-line no-await-in-loop -- later ones come later
      await drive(id, shuffled.slice(i, i + 25));
    }
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const average = await getAverageSpeed({ id, windowSeconds: 80 }, callByStaff());
    assert.deepEqual(average, { ...expected, vehicleId: id });
  }
});

test('a day with a fix each second is exact', async () => {
  const no = await drive('day', [speedAt(-86_399), speedAt(0)]);
  const text = `insert into tracking.fixes (vehicle, at, latitude, longitude, speed)
    select $1::int, to_timestamp($2::float8 / 1000) - s * interval '1 s', 52, 13, s % 37 + 0.1
    from generate_series(0, 86399) s on conflict do nothing`;
  await database.rows({ name: 'wholeDay', text }, [no, noon]);
  const fixes = Array.from({ length: 86_398 }, (_, i) => speedAt(-i - 1, ((i + 1) % 37) + 0.1));
  const byHand = averageByHand(fixes, noon - 86_400_000, noon);
  const asked = { id: 'day', windowSeconds: 86_400 };
  const average = await getAverageSpeed(asked, callByStaff());
  assert.equal(average.fixes, 86_398);
  near(average.averageSpeedMetersPerSecond, byHand?.average ?? 0);
});
