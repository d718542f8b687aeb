import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';

/** Nobody has to move the page sideways to read it. */
export async function expectNarrow(page: Page): Promise<void> {
  const { scrollWidth, clientWidth } = await page.evaluate(() => ({
    scrollWidth: document.documentElement.scrollWidth,
    clientWidth: document.documentElement.clientWidth,
  }));
  assert.ok(scrollWidth <= clientWidth, `${page.url()} is ${scrollWidth} px wide`);
}
