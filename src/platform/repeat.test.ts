import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silent } from '../testing/database.ts';
import { repeat } from './repeat.ts';

const never = 3_600_000;

/** Rounds that the test lets go on, and may count. */
function rounds(answers: (boolean | Error)[] = []) {
  const waiting: (() => void)[] = [];
  let begun = 0;
  let running = 0;
  let atOnceMax = 0;
  async function untilBegun(number: number): Promise<void> {
    if (begun >= number) return;
    await new Promise<void>((resolve) => waiting.push(resolve));
    await untilBegun(number);
  }
  return {
    begun: () => begun,
    atOnceMax: () => atOnceMax,
    /** Until the round with this number has begun. */
    untilBegun,
    round: async (): Promise<boolean> => {
      begun += 1;
      running += 1;
      atOnceMax = Math.max(atOnceMax, running);
      waiting.splice(0).forEach((resolve) => resolve());
      await new Promise(setImmediate);
      running -= 1;
      const answer = answers[begun - 1] ?? false;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

test('the first round comes by itself, and the next when poked', async () => {
  const work = rounds();
  const repeated = repeat({ name: 'test', everyMs: never, round: work.round, log: silent });
  await work.untilBegun(1);
  repeated.poke();
  await work.untilBegun(2);
  await repeated.close();
});

test('a poke during a round is not lost', async () => {
  const work = rounds();
  const repeated = repeat({
    name: 'test',
    everyMs: never,
    log: silent,
    round() {
      if (work.begun() === 1) repeated.poke();
      return work.round();
    },
  });
  await work.untilBegun(1);
  repeated.poke();
  await work.untilBegun(3);
  await repeated.close();
});

test('as long as there is more to do, it goes on without being told', async () => {
  const work = rounds([true, true, false]);
  const repeated = repeat({ name: 'test', everyMs: never, round: work.round, log: silent });
  await work.untilBegun(3);
  await repeated.close();
  assert.equal(work.begun(), 3);
});

test('a round that fails is not the last', async () => {
  const work = rounds([new Error('once')]);
  const repeated = repeat({ name: 'test', everyMs: 1, round: work.round, log: silent });
  await work.untilBegun(3);
  await repeated.close();
});

test('rounds never meet, and none begins after the end', async () => {
  const work = rounds([true, true, true, true]);
  const repeated = repeat({ name: 'test', everyMs: 1, round: work.round, log: silent });
  await work.untilBegun(2);
  repeated.poke();
  await repeated.close();
  const begun = work.begun();
  repeated.poke();
  await new Promise(setImmediate);
  assert.deepEqual([work.begun(), work.atOnceMax()], [begun, 1]);
});
