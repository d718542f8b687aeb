import assert from 'node:assert/strict';
import { test } from 'node:test';
import { smallOnes } from '../src/model/configurations.ts';
import { mutants, mutated } from '../src/model/mutants.ts';
import { protocol } from '../src/model/protocol.ts';
import { search } from '../src/model/search.ts';

for (const config of smallOnes) {
  test(`placing orders keeps every promise: ${config.name}`, (t) => {
    const { states, transitions, violation } = search({ config, steps: protocol });

    t.diagnostic(`${states} states, ${transitions} transitions`);
    assert.equal(violation, undefined);
  });
}

for (const mutant of mutants) {
  test(`the model notices ${mutant.name}`, (t) => {
    const { config, breaks } = mutant;

    const { violation } = search({ config, steps: mutated(mutant) }, { promises: [breaks] });

    assert.ok(violation, `nothing breaks "${breaks}"`);
    t.diagnostic(violation.trace.join('; '));
    assert.ok(violation.trace.length <= 10);
  });
}

test('without its mutant no configuration breaks anything', () => {
  const configs = mutants
    .map(({ config }) => config)
    .filter((config) => !smallOnes.includes(config));

  const violations = configs.map((config) => search({ config, steps: protocol }).violation);

  assert.deepEqual(
    violations.filter((violation) => violation !== undefined),
    [],
  );
});
