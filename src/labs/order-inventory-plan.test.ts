import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planRelease } from './order-inventory-plan.ts';

const holds = (...quantities: number[]) =>
  quantities.map((quantity, i) => ({ id: `h${i}`, quantity }));

test('takes whole holds while they fit', () => {
  assert.deepEqual(planRelease(holds(5, 2, 1), 3), { whole: holds(0, 2, 1).slice(1) });
});

test('splits the smallest hold that is larger than what is left', () => {
  const [nine, one, four] = holds(9, 1, 4);

  const plan = planRelease(holds(9, 1, 4), 3);

  assert.deepEqual(plan, { whole: [one], split: { held: four, keep: 2 } });
  assert.deepEqual(planRelease([nine, four] as never, 9), { whole: [nine] });
});

test('plans nothing where all holds together are too little', () => {
  assert.equal(planRelease(holds(2, 2), 5), undefined);
  assert.equal(planRelease([], 1), undefined);
});

test('whatever is held, just so much is planned as was asked', () => {
  const held = holds(3, 8, 1, 13, 5, 2);

  for (let asked = 1; asked <= 32; asked += 1) {
    const plan = planRelease(held, asked);
    const whole = (plan?.whole ?? []).reduce((sum, { quantity }) => sum + quantity, 0);
    const part = plan?.split ? plan.split.held.quantity - plan.split.keep : 0;
    assert.equal(whole + part, asked);
    assert.ok(!plan?.split || plan.split.keep > 0);
    assert.ok(!plan?.split || !plan.whole.includes(plan.split.held));
  }
  assert.equal(planRelease(held, 33), undefined);
});
