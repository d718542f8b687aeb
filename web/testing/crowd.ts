// How smoothly the map of the console moves while 5000 vehicles report: node web/testing/crowd.ts
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { globalSetup, globalTeardown } from '../../src/testing/setup.ts';
import { openConsole, type Console } from './console.ts';
import { fixAt, report } from './map.ts';

const vehicles = 5_000;
const atOnce = 40;
const windows = 5;
const windowMs = 2_500;

/** How long the frames of some time took: 19 of 20 not longer than this. */
const frameTimes = (page: Page) =>
  page.evaluate(
    (lengthMs) =>
      new Promise<number>((resolve) => {
        const times: number[] = [];
        const start = performance.now();
        let last = start;
        const frame = () => {
          const now = performance.now();
          times.push(now - last);
          last = now;
          if (now - start < lengthMs) requestAnimationFrame(frame);
          else resolve(times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0);
        };
        requestAnimationFrame(frame);
      }),
    windowMs,
  );

/** All vehicles report once, each a bit further than the time before. */
async function reportAll({ ask, staff }: Console, round: number, isOver: () => boolean) {
  let next = 0;
  const work = async (): Promise<void> => {
    const i = next;
    next += 1;
    if (i >= vehicles || isOver()) return;
    const place = {
      latitude: 47 + Math.floor(i / 100) * 0.1 + round * 0.01,
      longitude: 6 + (i % 100) * 0.1 + round * 0.01,
    };
    const fix = fixAt(0, { ...place, bearing: i % 360, speedMetersPerSecond: 10 });
    await report(ask, staff, { id: `crowd-${i}`, fixes: [fix] });
    await work();
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

await globalSetup();
await test('a crowd on the map', async (measured) => {
  const console = await openConsole({ callerPerMinuteMax: 1_000_000 });
  await reportAll(console, 0, () => false);
  const { page } = await console.visitAsStaff('/map', { viewport: { width: 1_280, height: 800 } });
  await page.getByText('5,000 vehicles', { exact: true }).waitFor({ timeout: 60_000 });
  const { page: empty } = await console.visit();
  let isOver = false;
  const reportOn = async (round: number): Promise<number> => {
    await reportAll(console, round, () => isOver);
    return isOver ? round : reportOn(round + 1);
  };
  const reporting = reportOn(1);
  for (let i = 0; i < windows; i += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one window after the other
    const [crowdMs, emptyMs] = await Promise.all([frameTimes(page), frameTimes(empty)]);
    measured.diagnostic(
      `19 of 20 frames within ${crowdMs.toFixed(1)} ms; empty page ${emptyMs.toFixed(1)} ms`,
    );
  }
  isOver = true;
  measured.diagnostic(`all vehicles have reported ${await reporting} times`);
});
await globalTeardown();
