import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crashLabels } from '../platform/crash.ts';
import { faultKinds, kindOf, planFaults } from './plan.ts';

test('the same seed brings the same faults, another one brings others', () => {
  assert.deepEqual(planFaults(7, 60), planFaults(7, 60));
  assert.notDeepEqual(planFaults(7, 60), planFaults(8, 60));
});

test('half a minute has every kind of fault, and two minutes every point to crash at', () => {
  for (let seed = 0; seed < 50; seed += 1) {
    const kinds = new Set(planFaults(seed, 32).map(({ fault }) => kindOf(fault)));
    assert.deepEqual([...kinds].toSorted(), faultKinds.toSorted());
    const labels = planFaults(seed, 120).flatMap(({ fault }) =>
      fault.kind === 'crash' ? fault.label : [],
    );
    for (const label of crashLabels) {
      assert.ok(labels.filter((one) => one === label).length >= 2, label);
    }
  }
});

test('a longer run begins like a shorter one', () => {
  const short = planFaults(3, 20);
  assert.deepEqual(planFaults(3, 40).slice(0, short.length), short);
});
