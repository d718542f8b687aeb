import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inConsole, type Console } from '../testing/console.ts';
import { besideShop } from '../testing/shop.ts';

/** What else this machine does makes some of them slow; what the page does makes all of them. */
const triesMax = 5;

await inConsole('the speed of the shop in a browser', (shop) => {
  const { visit } = shop;
  const { sell, correct } = besideShop(shop);

  test('a restocked product shows its new stock within two seconds', async () => {
    const product = await sell({ quantity: 0 });
    const { page, faults } = await visit();
    await page.goto(`/?q=${product.title}`);
    await page.getByRole('button', { name: `Sold out: ${product.title}` }).waitFor();
    let available = 0;

    await expectWithin(2_000, async () => {
      // Right after an answer the page waits longest until it asks again.
      await page.waitForResponse((response) => response.url().includes(product.title));
      available += 20;
      await correct(product, 20);
      const answeredAt = performance.now();
      await page.getByText(`${available} left`).waitFor();
      return performance.now() - answeredAt;
    });

    assert.deepEqual(faults, []);
  });

  test('the first page can be used within a second', () =>
    expectWithin(1_000, () => openTimed(shop)));
});

async function expectWithin(msMax: number, measure: () => Promise<number>): Promise<void> {
  const tookMs: number[] = [];
  while (tookMs.length < triesMax) {
    // oxlint-disable-next-line no-await-in-loop -- One at a time, or they slow each other down.
    const ms = await measure();
    if (ms < msMax) return;
    tookMs.push(ms);
  }
  assert.fail(`it took ${tookMs.join(', ')} ms`);
}

/** How long a new reader waits until there is something to search and to buy. */
async function openTimed({ visit }: Console): Promise<number> {
  const { page, context } = await visit();
  await page.addInitScript(() => {
    new MutationObserver(() => {
      const isUsable = ['input[type=search]', 'main h2 a'].every((what) =>
        document.querySelector(what),
      );
      if (isUsable && performance.getEntriesByName('usable').length === 0) {
        requestAnimationFrame(() => performance.mark('usable'));
      }
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto('/');
  await page
    .getByRole('button', { name: /^Add to basket/ })
    .first()
    .waitFor();
  const tookMs = await page.evaluate<number>("performance.getEntriesByName('usable')[0].startTime");
  await context.close();
  return tookMs;
}
