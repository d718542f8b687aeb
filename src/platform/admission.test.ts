import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAdmission, type Kind } from './admission.ts';

const high: Kind = { importance: 'high', slow: false };
const normal: Kind = { importance: 'normal', slow: false };
const low: Kind = { importance: 'low', slow: false };

/** A process that ends so many requests a millisecond, first come first served. */
function setup(inFlightMax = 10_000) {
  const admission = createAdmission(inFlightMax);
  const queue: Kind[] = [];
  const refused = { high: 0, normal: 0, low: 0 };
  let nowMs = 1_000;
  let owed = 0;

  function come(kind: Kind, count: number): void {
    for (let i = 0; i < count; i += 1) {
      if (admission.enter(kind, nowMs)) queue.push(kind);
      else refused[kind.importance] += 1;
    }
  }
  /** For so long, so many of these kinds come and so many end in each millisecond. */
  function run(ms: number, { kinds, ending }: { kinds: [Kind, number][]; ending: number }): void {
    for (const endMs = nowMs + ms; nowMs < endMs; nowMs += 1) {
      for (const [kind, count] of kinds) come(kind, count);
      for (owed += ending; owed >= 1 && queue.length > 0; owed -= 1) {
        admission.leave(queue.shift() as Kind, nowMs);
      }
      owed = Math.min(owed, 1);
    }
  }
  return {
    admission,
    refused,
    come,
    run,
    inFlight: () => queue.length,
    forget: () => Object.assign(refused, { high: 0, normal: 0, low: 0 }),
  };
}

test('refuses nobody while it keeps up, however much that is', () => {
  const { run, refused } = setup();
  run(5_000, {
    kinds: [
      [high, 1],
      [normal, 1],
      [low, 2],
    ],
    ending: 5,
  });
  assert.deepEqual(refused, { high: 0, normal: 0, low: 0 });
});

test('with too much to do it refuses what matters least, and the wait stays short', () => {
  const { run, refused, inFlight, forget } = setup();
  run(3_000, {
    kinds: [
      [high, 1],
      [normal, 1],
      [low, 2],
    ],
    ending: 3,
  });
  forget();
  run(5_000, {
    kinds: [
      [high, 1],
      [normal, 1],
      [low, 2],
    ],
    ending: 3,
  });
  assert.deepEqual([refused.high, refused.normal], [0, 0]);
  // What still fits is let in: three of four end, and so one of two of these.
  assert.ok(refused.low > 4_500 && refused.low < 5_500, `${refused.low} of 10 000`);
  assert.ok(inFlight() <= 3 * 55, `${inFlight()} under way`);
});

test('refuses what is normal when what matters most is too much already, and that last', () => {
  const busy = setup(600);
  busy.run(6_000, {
    kinds: [
      [high, 2],
      [normal, 2],
      [low, 2],
    ],
    ending: 2,
  });
  assert.ok(busy.refused.high < busy.refused.normal && busy.refused.normal < busy.refused.low + 1);
  busy.forget();
  busy.run(3_000, {
    kinds: [
      [high, 1],
      [normal, 4],
    ],
    ending: 2,
  });
  assert.equal(busy.refused.high, 0);
  busy.run(3_000, { kinds: [[high, 4]], ending: 2 });
  assert.ok(busy.refused.high > 4_000 && busy.inFlight() <= 600, `${busy.inFlight()}`);
});

test('lets in a few whatever was measured, so that a stall ends by itself', () => {
  const { run, come, refused, inFlight, forget } = setup();
  run(2_000, { kinds: [[normal, 4]], ending: 2 });
  // Nothing ends any more.
  run(3_000, { kinds: [[normal, 1]], ending: 0 });
  const stuck = inFlight();
  come(normal, 100);
  assert.equal(inFlight(), stuck);
  run(2_000, { kinds: [[normal, 1]], ending: 4 });
  forget();
  run(2_000, { kinds: [[normal, 1]], ending: 4 });
  assert.deepEqual(refused, { high: 0, normal: 0, low: 0 });
});

test('what was slow in the last rush is forgotten in the quiet before the next', () => {
  const { run, come, refused, forget } = setup();
  run(3_000, { kinds: [[normal, 1]], ending: 0.05 });
  assert.ok(refused.normal > 0);
  run(5_000, { kinds: [], ending: 1 });
  forget();
  come(normal, 500);
  assert.equal(refused.normal, 0);
});

test('log-ins that wait in their own line do not keep others out', () => {
  const { admission, run, refused } = setup();
  const slow: Kind = { importance: 'normal', slow: true };
  for (let i = 0; i < 200; i += 1) assert.ok(admission.enter(slow, 1_000));
  run(5_000, { kinds: [[low, 1]], ending: 1.5 });
  assert.equal(refused.low, 0);
});

test('leaves the last places to what matters more', () => {
  const { come, inFlight } = setup(100);
  const seen = [low, normal, high].map((kind) => {
    come(kind, 200);
    return inFlight();
  });
  assert.deepEqual(seen, [60, 80, 100]);
});

test('a machine that is slow, but has little to do, refuses nobody', () => {
  const { run, come, refused } = setup();
  come(normal, 40);
  run(3_000, { kinds: [], ending: 0.001 });
  come(low, 20);
  assert.equal(refused.low, 0);
});
