import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { armCrash, crashLabels, crashPoint } from './crash.ts';

const crash = join(import.meta.dirname, 'crash.ts');

/** Passes a point of a process of its own three times; says how often, and what ended it. */
async function passes(spec: string | undefined): Promise<[written: string, signal: string | null]> {
  const script = `
    import { armCrash, crashPoint } from ${JSON.stringify(crash)};
    import { writeSync } from 'node:fs';
    armCrash(${JSON.stringify(spec)});
    for (const pass of [1, 2, 3]) {
      crashPoint('beforePlace');
      crashPoint('afterPlace');
      writeSync(1, String(pass));
    }`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [written, [, signal]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return [written, signal as string | null];
}

test('a process kills itself at the point and the pass it was told, and nowhere else', async () => {
  const specs = [undefined, 'beforePlace', 'afterPlace:2', 'beforePlace:4', 'beforeReserve'];
  const [unarmed, first, second, never, elsewhere] = await Promise.all(specs.map(passes));
  assert.deepEqual(unarmed, ['123', null]);
  assert.deepEqual(first, ['', 'SIGKILL']);
  assert.deepEqual(second, ['1', 'SIGKILL']);
  assert.deepEqual(never, ['123', null]);
  assert.deepEqual(elsewhere, ['123', null]);
});

test('a point that does not exist is refused at once', () => {
  for (const spec of ['', 'nowhere', 'beforePlace:0', 'beforePlace:x', 'beforePlace:']) {
    assert.throws(() => armCrash(spec), RangeError, spec);
  }
  // Nothing was armed by that, so this test goes on.
  for (const label of crashLabels) crashPoint(label);
});
