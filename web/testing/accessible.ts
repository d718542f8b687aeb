import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Nothing serious stands between a page and those who do not see it, or not well. */
export async function expectAccessible(page: Page): Promise<void> {
  // Through the debugger, because the page itself runs no script from elsewhere.
  if (await page.evaluate('!window.axe')) await page.evaluate(await source);
  await expectNothingSerious(page, {});
}

/** The same, in light and in dark. */
export async function expectAccessibleInBoth(page: Page): Promise<void> {
  await show(page, 'light');
  await expectAccessible(page);
  await show(page, 'dark');
  // The rest is the same in every light.
  await expectNothingSerious(page, { runOnly: ['color-contrast'] });
}

async function show(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.locator(`[data-theme=${colorScheme}]`).waitFor();
}

/** Letters change their colour at once, and what is behind them only by and by. */
const untilSettled = `new Promise((next) => requestAnimationFrame(next)).then(() => {
  const moving = document.getAnimations().filter((one) => one instanceof CSSTransition);
  return Promise.allSettled(moving.map(({ finished }) => finished)).then(() => undefined);
})`;

async function expectNothingSerious(page: Page, options: RunOptions): Promise<void> {
  await page.evaluate(untilSettled);
  const asked = JSON.stringify({ ...options, resultTypes: ['violations'] });
  const { violations } = await page.evaluate<AxeResults>(`axe.run(${asked})`);
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const found = serious.map(({ id, nodes }) => ({
    id,
    nodes: nodes.slice(0, 5).map(({ html, failureSummary }) => `${html}\n${failureSummary}`),
  }));
  assert.deepEqual(found, [], page.url());
}
