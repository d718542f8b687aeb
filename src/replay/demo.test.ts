import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fix } from '../tracking/shapes.ts';
import { playDemo, sampleRows } from './demo.ts';
import { fakeClock } from './testing.ts';

type Warning = [details: object, text: string];

test('the demo goes around for ever, with the times of now, whatever its reports come to', async () => {
  const rows = await sampleRows();
  const wanted = rows.length + 10;
  const clock = fakeClock();
  const fixes: Fix[] = [];
  const warnings: Warning[] = [];
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  const demo = playDemo({
    vehicle: 'demo',
    clock,
    log: { warn: (...warning: Warning) => void warnings.push(warning) } as never,
    async report(some) {
      fixes.push(...some);
      if (fixes.length === wanted) resolve();
      if (fixes.length % 2 === 0) throw new Error('away');
    },
  });
  await enough;
  await demo.close();
  const count = fixes.length;
  assert.ok(count >= wanted);
  assert.deepEqual({ ...fixes[rows.length], timestamp: '' }, { ...fixes[0], timestamp: '' });
  const times = fixes.map(({ timestamp }) => Date.parse(timestamp));
  assert.ok(times.every((ms, i) => i === 0 || ms > (times[i - 1] ?? 0)));
  assert.ok(Math.abs(clock.wallMs() - (times.at(-1) ?? 0)) < 1_000);
  // 22 minutes, and one warning a minute.
  assert.ok(warnings.length > 15 && warnings.length < 30, `${warnings.length}`);
});

test('where the vehicle was while the process stood still is told to nobody', async () => {
  const clock = fakeClock();
  let count = 0;
  let ageMs = 0;
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  const demo = playDemo({
    vehicle: 'demo',
    clock,
    log: { warn: () => undefined },
    async report([fix]) {
      count += 1;
      if (count === 5) clock.pass(600_000);
      if (count < 6) return;
      ageMs ||= clock.wallMs() - Date.parse(fix?.timestamp ?? '');
      resolve();
    },
  });
  await enough;
  await demo.close();
  assert.ok(ageMs > 0 && ageMs <= 11_000, `${ageMs}`);
});
