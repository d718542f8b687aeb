import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { until } from '../postgres/wait.ts';
import { callByStaff } from '../testing/call.ts';
import { fixAt, freshTracking, noon } from './fixture.ts';
import type { Fix } from './shapes.ts';
import { openTaskWorker } from './task-worker.ts';
import { averageByHand } from './testing-average.ts';
import { createTracking } from './tracking.ts';

const hourSeconds = 3_600;
const taskMsMax = 10_000;

/** A track of the last hour; no two fixes of it have the same time. */
const tracks = fc.uniqueArray(
  fc.record({
    ms: fc.integer({ min: -hourSeconds * 1_000, max: 0 }),
    latitude: fc.double({ min: -90, max: 90, noNaN: true }),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
    speed: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: undefined }),
  }),
  { selector: ({ ms }) => ms, minLength: 2, maxLength: 60 },
);

/** How it arrives: in this order, these of it twice, in packets of such sizes. */
const journeys = fc.record({
  order: fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
  twice: fc.infiniteStream(fc.boolean()),
  sizes: fc.infiniteStream(fc.integer({ min: 1, max: 20 })),
});

type ValueOf<A> = A extends fc.Arbitrary<infer T> ? T : never;
type Track = ValueOf<typeof tracks>;
type Journey = ValueOf<typeof journeys>;

const grounded = (degrees: number): number => (Math.abs(degrees) < 1e-12 ? 0 : degrees);

function fixOf({ ms, latitude, longitude, speed }: Track[number]): Fix {
  return fixAt(ms / 1_000, {
    latitude: grounded(latitude),
    longitude: grounded(longitude),
    ...(speed !== undefined && { speedMetersPerSecond: speed }),
  });
}

function packetsOf(track: readonly Fix[], { order, twice, sizes }: Journey): Fix[][] {
  const sent = track.flatMap((fix) => (twice.next().value ? [fix, fix] : [fix]));
  const shuffled = sent
    .map((fix) => ({ fix, place: order.next().value }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ fix }) => fix);
  const packets: Fix[][] = [];
  while (shuffled.length > 0) packets.push(shuffled.splice(0, sizes.next().value));
  return packets;
}

/** Tracking as a whole, with somebody to work off its tasks. */
async function wholeTracking() {
  const { parts } = await freshTracking();
  const worker = openTaskWorker({ ...parts, everyMs: 20 });
  const tracking = createTracking({ ...parts, onTask: worker.onTask });
  const call = callByStaff();

  /** All that can be asked about a vehicle. */
  async function askAll(id: string, windowSeconds: number) {
    const { distanceMeters, elapsedTimeSeconds, ...state } = await tracking.getVehicleState(
      { id },
      call,
    );
    const { items } = await tracking.getRoute({ id, limit: 1_000 }, call);
    const asked = { id, windowSeconds };
    const average = await tracking
      .getAverageSpeed(asked, call)
      .then(({ averageSpeedMetersPerSecond }) => averageSpeedMetersPerSecond)
      .catch((error: { code: string }) => error.code);
    const task = await tracking.createAverageSpeedTask({ ...asked, look: 'back' }, call);
    const ended = await until(async () => {
      const now = await tracking.getTask({ id: task.id }, call);
      return now.endedAt ? now : undefined;
    }, taskMsMax);
    const outcome = ended?.result?.averageSpeedMetersPerSecond ?? ended?.problem?.code;
    const { vehicleId: _, receivedAt: __, ...seen } = state;
    return { state: seen, distanceMeters, elapsedTimeSeconds, items, average, outcome };
  }
  return { tracking, worker, call, askAll };
}

test('shuffled, doubled and delayed fixes say the same as the sorted track', async () => {
  const { tracking, worker, call, askAll } = await wholeTracking();
  let vehicles = 0;
  const windows = fc.integer({ min: 1, max: 2 * hourSeconds });
  await fc.assert(
    fc.asyncProperty(tracks, journeys, windows, async (track, journey, windowSeconds) => {
      const sorted = track.toSorted((a, b) => a.ms - b.ms).map(fixOf);
      vehicles += 1;
      const [tidy, messy] = [`tidy-${vehicles}`, `messy-${vehicles}`];
      await tracking.addFixes({ id: tidy, fixes: sorted }, call);
      for (const fixes of packetsOf(sorted, journey)) {
        // oxlint-disable-next-line no-await-in-loop -- one packet comes after the other
        await tracking.addFixes({ id: messy, fixes }, call);
      }
      const [expected, actual] = await Promise.all([
        askAll(tidy, windowSeconds),
        askAll(messy, windowSeconds),
      ]);
      assert.deepEqual(actual, expected);
      assert.deepEqual(actual.items, sorted);
      assert.equal(actual.state.timestamp, sorted.at(-1)?.timestamp);
      assert.equal(actual.outcome, actual.average);
      const byHand = averageByHand(sorted, noon - windowSeconds * 1_000, noon);
      expectAlmost(actual.average, byHand?.average ?? 'noFixes');
    }),
    { numRuns: 25 },
  );
  await worker.close();
});

function expectAlmost(actual: number | string, expected: number | string): void {
  if (typeof actual === 'string' || typeof expected === 'string') {
    return assert.equal(actual, expected);
  }
  const off = Math.abs(actual - expected);
  assert.ok(off <= 1e-9 * Math.max(1, Math.abs(expected)), `${actual} is not ${expected}`);
}
