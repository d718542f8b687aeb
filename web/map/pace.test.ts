import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPace } from './pace.ts';

test('something is done once for all who ask meanwhile, and again for those who ask later', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let times = 0;
  const pace = createPace(() => {
    times += 1;
  });
  pace.within(100);
  pace.within(100);
  t.mock.timers.tick(99);
  assert.equal(times, 0);
  t.mock.timers.tick(1);
  assert.equal(times, 1);
  pace.within(100);
  t.mock.timers.tick(100);
  assert.equal(times, 2);
  pace.within(100);
  pace.stop();
  t.mock.timers.tick(100);
  assert.equal(times, 2);
});
