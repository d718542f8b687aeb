import assert from 'node:assert/strict';
import { test } from 'node:test';
import { play, type Played } from './player.ts';
import type { Row } from './sample.ts';
import { oneVehicle, type Timed } from './schedule.ts';
import { fakeClock, problemsOf, rowsAt, streamOf } from './testing.ts';

const never = new AbortController().signal;

/** One vehicle on a track of these rows. */
function track(rows: readonly Row[], isLoop = false) {
  const problems: Row[] = [];
  const onProblem = (problem: { line: number; problem: string }) => void problems.push(problem);
  const timed = oneVehicle({ vehicle: 'v', open: () => streamOf(rows), isLoop, onProblem });
  return { timed, problems };
}

/** Plays as many as are wanted, on a clock of its own. */
async function played(
  timed: AsyncIterable<Timed> | Iterable<Timed>,
  { speed = 1, times = 'now' as const, clock = fakeClock(), count = Infinity } = {},
) {
  const ending = new AbortController();
  const startMs = clock.steadyMs();
  const seen: (Played & { atMs: number; wallMs: number })[] = [];
  await play(timed, {
    speed,
    times,
    clock,
    signal: ending.signal,
    sink(one) {
      seen.push({ ...one, atMs: clock.steadyMs() - startMs, wallMs: clock.wallMs() });
      if (seen.length >= count) ending.abort();
    },
  });
  return seen;
}

const stampOf = ({ fix }: Played): number => Date.parse(fix.timestamp);

test('samples are played when they are due, and what a timer is late does not add up', async () => {
  const seconds = Array.from({ length: 1_000 }, (_, i) => 100 + i);
  const seen = await played(track(rowsAt(...seconds)).timed, { clock: fakeClock({ lateMs: 3 }) });
  assert.deepEqual(
    seen.slice(1).map(({ atMs }) => atMs % 1_000),
    Array<number>(999).fill(3),
  );
  assert.equal(seen.at(-1)?.atMs, 999_003);
  assert.equal(seen.at(-1)?.lateMs, 3);
});

test('twice the speed takes half the time', async () => {
  const seen = await played(track(rowsAt(10, 11, 16)).timed, { speed: 2 });
  assert.deepEqual(
    seen.map(({ atMs }) => atMs),
    [0, 500, 3_000],
  );
});

test('each sample gets the time at which it is due, as even as the track', async () => {
  const seen = await played(track(rowsAt(10, 11, 16)).timed, {
    speed: 4,
    clock: fakeClock({ lateMs: 7 }),
  });
  const [first] = seen;
  assert.ok(first);
  assert.deepEqual(
    seen.map((one) => stampOf(one) - stampOf(first)),
    [0, 250, 1_500],
  );
  assert.equal(stampOf(first), first.wallMs);
  assert.ok(seen.every((one) => one.sample.timestamp * 1_000 === stampOf(one)));
});

test('the times follow when somebody sets the clock', async () => {
  const clock = fakeClock();
  const seen: number[] = [];
  await play(track(rowsAt(1, 2, 3)).timed, {
    speed: 1,
    times: 'now',
    clock,
    signal: never,
    sink(one) {
      seen.push(stampOf(one) - clock.wallMs());
      clock.set(3_600_000);
    },
  });
  assert.deepEqual(seen, [0, 0, 0]);
});

test('with the times of the file each sample keeps its own', async () => {
  const clock = fakeClock();
  const stamps: number[] = [];
  const sink = (one: Played) => void stamps.push(stampOf(one), one.sample.timestamp);
  await play(track(rowsAt(10, 11.5)).timed, {
    speed: 10,
    times: 'file',
    clock,
    signal: never,
    sink,
  });
  assert.deepEqual(stamps, [10_000, 10, 11_500, 11.5]);
});

test('a slow sink makes samples late, but nothing is read ahead, and then it catches up', async () => {
  const clock = fakeClock();
  let readCount = 0;
  let playedCount = 0;
  async function* counted(): AsyncGenerator<Timed> {
    for await (const one of track(rowsAt(1, 2, 3, 4, 9)).timed) {
      readCount += 1;
      yield one;
    }
  }
  const late: number[] = [];
  const stamps: number[] = [];
  await play(counted(), {
    speed: 1,
    times: 'now',
    clock,
    signal: never,
    sink({ lateMs, sample }) {
      playedCount += 1;
      stamps.push(Math.round(sample.timestamp * 1_000));
      assert.equal(readCount, playedCount);
      late.push(lateMs);
      if (playedCount === 1) clock.pass(2_500);
    },
  });
  assert.deepEqual(late, [0, 1_500, 500, 0, 0]);
  assert.deepEqual(
    stamps.map((ms) => ms - (stamps[0] ?? 0)),
    [0, 1_000, 2_000, 3_000, 8_000],
  );
});

test('the next lap begins one usual step after the last sample', async () => {
  const { timed } = track(rowsAt(1, 2, 3, 9, 10), true);
  const seen = await played(timed, { count: 11 });
  assert.deepEqual(
    seen.map(({ atMs }) => atMs / 1_000),
    [0, 1, 2, 8, 9, 10, 11, 12, 18, 19, 20],
  );
});

test('rows that cannot be played are told once, and a track of nothing else is not gone around', async () => {
  const { timed, problems } = track([...rowsAt(1), { line: 3, problem: 'no' }, ...rowsAt(2)], true);
  assert.equal((await played(timed, { count: 6 })).length, 6);
  assert.deepEqual(problemsOf(problems), [[3, 'no']]);
  assert.deepEqual(await played(track([{ line: 2, problem: 'no' }], true).timed), []);
});

test('a stop is a stop, also in the middle of a long wait', async () => {
  const ending = new AbortController();
  let count = 0;
  const clock = fakeClock();
  await play(track(rowsAt(1, 100_000)).timed, {
    speed: 1,
    times: 'now',
    clock: { ...clock, wait: async () => ending.abort() },
    signal: ending.signal,
    sink: () => void (count += 1),
  });
  assert.equal(count, 1);
});

test('others have their turn while a backlog is played', async () => {
  const clock = fakeClock();
  const { timed } = track(rowsAt(...Array.from({ length: 1_000 }, (_, i) => 1 + i)));
  let count = 0;
  await play(timed, {
    speed: 1,
    times: 'now',
    clock,
    signal: never,
    sink() {
      count += 1;
      if (count === 1) clock.pass(10_000_000);
    },
  });
  assert.equal(count, 1_000);
  assert.deepEqual(clock.waits, [0, 0, 0]);
});
