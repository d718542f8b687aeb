import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fix } from '../tracking/shapes.ts';
import type { Batch, Outcome } from './poster.ts';
import { createSender } from './sender.ts';
import { fakeClock } from './testing.ts';

const fixAt = (second: number): Fix => ({
  timestamp: new Date(second * 1_000).toISOString(),
  latitude: 1,
  longitude: 2,
});
const turn = () => new Promise(setImmediate);

type Posted = Batch & { answer: (outcome?: Outcome) => void };

/** A far end that answers when the test says so. */
function farEnd({ heldMax = 20_000, inFlightMax = 8 } = {}) {
  const posted: Posted[] = [];
  const clock = fakeClock();
  const giveUp = new AbortController();
  const sender = createSender({
    key: 'bzk_key',
    clock,
    random: () => 1,
    giveUp: giveUp.signal,
    onRetry: () => undefined,
    heldMax,
    inFlightMax,
    post(batch) {
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      posted.push({ ...batch, answer: (outcome = done(batch)) => resolve(outcome) });
      return promise;
    },
  });
  const addAll = (vehicle: string, count: number) =>
    Promise.all(Array.from({ length: count }, (_, i) => sender.add(vehicle, fixAt(i))));
  return { posted, clock, giveUp, sender, addAll };
}

function done({ fixes }: Batch): Outcome {
  return { kind: 'done', report: { stored: fixes.length, known: 0, refused: 0, results: [] } };
}

const retry: Outcome = { kind: 'retry', why: 'busy' };

test('what piles up for a vehicle while it is asked is its next request, up to a thousand', async () => {
  const { posted, sender, addAll } = farEnd();
  await addAll('a', 2_500);
  await addAll('b', 2);
  const sizes = () => posted.map(({ vehicle, fixes }) => [vehicle, fixes.length]);
  assert.deepEqual(sizes(), [
    ['a', 1],
    ['b', 1],
  ]);
  posted[0]?.answer();
  await turn();
  posted[1]?.answer();
  await turn();
  assert.deepEqual(sizes().slice(2), [
    ['a', 1_000],
    ['b', 1],
  ]);
  posted[2]?.answer();
  posted[3]?.answer();
  await turn();
  posted[4]?.answer();
  await turn();
  posted[5]?.answer();
  assert.equal(await sender.finish(), 0);
  assert.deepEqual(sender.counts, { sent: 2_502, stored: 2_502, known: 0, refused: 0 });
});

test('no more requests are under way than allowed, and none is forgotten', async () => {
  const { posted, sender } = farEnd({ inFlightMax: 2 });
  await Promise.all(['a', 'b', 'c', 'd'].map((vehicle) => sender.add(vehicle, fixAt(1))));
  assert.equal(posted.length, 2);
  posted[0]?.answer();
  await turn();
  assert.deepEqual(
    posted.map(({ vehicle }) => vehicle),
    ['a', 'b', 'c'],
  );
});

test('when it holds as much as it may, whoever brings more waits', async () => {
  const { posted, sender, addAll } = farEnd({ heldMax: 3 });
  await addAll('a', 3);
  let isIn = false;
  const fourth = sender.add('a', fixAt(9)).then((went) => (isIn = went));
  await turn();
  assert.equal(isIn, false);
  posted[0]?.answer();
  assert.equal(await fourth, true);
});

test('a request that may do better later is sent again, later each time, and as told', async () => {
  const { posted, clock, sender } = farEnd();
  await sender.add('a', fixAt(1));
  posted[0]?.answer(retry);
  await turn();
  posted[1]?.answer(retry);
  await turn();
  posted[2]?.answer({ ...retry, afterMs: 7_000 });
  await turn();
  assert.deepEqual(clock.waits, [100, 200, 7_000]);
  assert.deepEqual(posted[3]?.fixes, posted[0]?.fixes);
  posted[3]?.answer();
  assert.equal(await sender.finish(), 0);
  assert.equal(sender.counts.stored, 1);
});

test('fixes that are refused are counted, and the others go on', async () => {
  const { posted, sender } = farEnd();
  await sender.add('a', fixAt(1));
  posted[0]?.answer({ kind: 'refused', why: 'too old' });
  await turn();
  assert.equal(await sender.add('a', fixAt(2)), true);
  posted[1]?.answer();
  assert.equal(await sender.finish(), 0);
  assert.deepEqual(sender.counts, { sent: 2, stored: 1, known: 0, refused: 1 });
  assert.equal(sender.refusedFor(), 'too old');
});

test('a refusal that cannot heal ends it, for those too who wait', async () => {
  const { posted, sender, addAll } = farEnd({ heldMax: 2 });
  await addAll('a', 2);
  const third = sender.add('a', fixAt(3));
  posted[0]?.answer({ kind: 'hopeless', why: 'who are you' });
  assert.equal(await third, false);
  assert.equal(sender.problem(), 'who are you');
  assert.equal(await sender.finish(), 2);
});

test('it gives up when told, and says what is left', async () => {
  const { giveUp, posted, sender } = farEnd();
  await sender.add('a', fixAt(1));
  const finished = sender.finish();
  giveUp.abort();
  assert.equal(await finished, 1);
  posted[0]?.answer(retry);
  await turn();
  assert.equal(posted.length, 1);
});
