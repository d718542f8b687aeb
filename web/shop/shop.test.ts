import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { until } from '../../src/postgres/wait.ts';
import { password, someName, someone } from '../../src/testing/shop.ts';
import { expectAccessible } from '../testing/accessible.ts';
import { inConsole } from '../testing/console.ts';
import { besideShop, unexpected } from '../testing/shop.ts';

const backMsMax = 5_000;
const tabsMax = 60;

await inConsole('the shop in a browser', (shop) => {
  const { ask, visit, visitAsCustomer } = shop;
  const { sell, availableOf, order, ordersOf } = besideShop(shop);

  test('a customer finds, orders and cancels, and the stock is back', async () => {
    const { page, faults } = await visit();
    const product = await sell({ quantity: 10 });
    const { user } = await someone(ask);

    await page.goto('/');
    await page.getByLabel('Search the shop').fill(product.title);
    await page.getByText('1 product', { exact: true }).waitFor();
    await page.getByText('10 left').waitFor();
    await page.getByRole('button', { name: `Add to basket: ${product.title}` }).click();
    await page.getByRole('link', { name: 'Basket, 1 in it' }).click();
    await page.getByRole('link', { name: 'Sign in to order' }).click();
    await page.getByLabel('Username or e-mail address').fill(user.username);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Place the order' }).click();
    await page.getByText('Thank you, your order is placed.').waitFor();
    assert.equal(await availableOf(product), 9);
    await page.getByRole('link', { name: 'Basket, 0 in it' }).waitFor();

    await page.getByRole('button', { name: 'Cancel the order' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the order' }).click();
    await page.getByText('Cancelled. What was in it goes back to the shop.').waitFor();
    await page.getByText('Cancelled: its stock goes back').waitFor();
    const isBack = async () => (await availableOf(product)) === 10 || undefined;
    assert.ok(await until(isBack, backMsMax));
    assert.deepEqual(faults, []);
  });

  test('a late answer to older words does not replace the answer to newer ones', async () => {
    const [older, newer] = [await sell(), await sell()];
    const { page, faults } = await visit();
    const { promise: isTime, resolve: release } = Promise.withResolvers<void>();
    const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
    await page.route(`**/v1/products?*${older.title}*`, async (route) => {
      await isTime;
      // Whoever asked may not wait for it any more.
      await route.continue().catch(() => undefined);
      end();
    });
    await page.goto('/');
    await page.getByLabel('Search the shop').fill(older.title);
    await page.waitForRequest((request) => request.url().includes(older.title));

    await page.getByLabel('Search the shop').fill(newer.title);
    await page.getByText('1 product', { exact: true }).waitFor();
    const sawOlder = await watchFor(page, older.title);
    release();
    await isOver;
    // The next answer is one to the newer words again.
    await page.waitForResponse((response) => response.url().includes(newer.title));

    await page.getByRole('link', { name: newer.title }).waitFor();
    assert.equal(await sawOlder(), false);
    assert.equal(new URL(page.url()).searchParams.get('q'), newer.title);
    assert.deepEqual(unexpected(faults), []);
  });

  test('somebody without a mouse orders with the keyboard alone', async () => {
    const product = await sell();
    const { page, token, faults } = await visitAsCustomer('/');
    const { keyboard } = page;

    await tabTo(page, 'Search the shop');
    await keyboard.type(product.title);
    await page.getByText('1 product', { exact: true }).waitFor();
    await tabTo(page, `Add to basket: ${product.title}`);
    await keyboard.press('Enter');
    await page.getByText('1 in basket').waitFor();
    await tabTo(page, 'Basket, 1 in it', 'Shift+Tab');
    await keyboard.press('Enter');
    await page.getByRole('button', { name: 'Place the order' }).waitFor();
    await tabTo(page, 'Place the order');
    await keyboard.press('Enter');

    await page.getByText('Thank you, your order is placed.').waitFor();
    assert.equal((await ordersOf(token)).length, 1);
    assert.deepEqual(faults, []);
  });

  test('the basket outlasts a reload, and the pages of one browser share it', async () => {
    const product = await sell();
    const { page, context, faults } = await visit();
    await page.goto(`/products/${product.id}`);
    const other = await context.newPage();
    await other.goto('/');
    await other.getByRole('link', { name: 'Basket, 0 in it' }).waitFor();

    await page.getByRole('button', { name: `Add to basket: ${product.title}` }).click();
    await other.getByRole('link', { name: 'Basket, 1 in it' }).waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'Basket, 1 in it' }).waitFor();
    await page.evaluate("localStorage.setItem('bazar.basket', '{broken')");
    await page.reload();
    await page.getByRole('link', { name: 'Basket, 0 in it' }).waitFor();

    assert.deepEqual(faults, []);
  });

  for (const [colorScheme, width] of [
    ['light', 1280],
    ['dark', 360],
  ] as const) {
    test(`every page can be used in ${colorScheme} colours, ${width} pixels wide`, async () => {
      const title = 'A title of many words that goes on longer than anybody would like to read';
      const product = await sell({ title, unitPriceCents: 99_999_999_900, quantity: 3 });
      const options = { colorScheme, viewport: { width, height: 740 } };
      const { page, token, faults } = await visitAsCustomer('/', options);
      const expectUsable = async (sign: string): Promise<void> => {
        await page.getByText(sign).first().waitFor();
        await expectAccessible(page);
        const wide = await page.evaluate<number>('document.scrollingElement.scrollWidth');
        assert.ok(wide <= width, `${page.url()} is ${wide} pixels wide`);
      };

      await expectUsable('Add to basket');
      await page.goto(`/?q=${someName()}`);
      await expectUsable('Nothing like that is here');
      await page.goto('/basket');
      await expectUsable('Your basket is empty');
      await page.goto(`/products/${product.id}`);
      await expectUsable('Only 3 left');
      await page.getByRole('button', { name: `Add to basket: ${title}` }).click();
      await page.goto('/basket');
      await page.getByRole('spinbutton', { name: `Quantity of ${title}` }).fill('5');
      await page.keyboard.press('Enter');
      await expectUsable('You asked for 5, only 3 left.');
      const { id, number } = await order(token, product, 2);
      await page.goto(`/orders/${id}`);
      await expectUsable('Placed and confirmed');
      await page.goto('/orders');
      await expectUsable(number);

      assert.deepEqual(faults, []);
    });
  }
});

/** From now on, whether this text was in the page for a moment. */
async function watchFor(page: Page, text: string): Promise<() => Promise<boolean>> {
  await page.evaluate(`{
    const main = document.querySelector('main');
    new MutationObserver(() => {
      if (main.textContent.includes(${JSON.stringify(text)})) main.dataset.saw = 'yes';
    }).observe(main, { subtree: true, childList: true, characterData: true });
  }`);
  return () => page.evaluate<boolean>("document.querySelector('main').dataset.saw === 'yes'");
}

/** Goes on with the tabulator until something of this name has the focus. */
async function tabTo(page: Page, name: string, key = 'Tab'): Promise<void> {
  const isThere = `[document.activeElement.ariaLabel, document.activeElement.textContent,
    document.activeElement.labels?.[0]?.textContent].includes(${JSON.stringify(name)})`;
  for (let pressed = 0; pressed < tabsMax; pressed += 1) {
    // oxlint-disable-next-line no-await-in-loop -- Where the focus is decides whether to go on.
    if (await page.evaluate<boolean>(isThere)) return;
    // oxlint-disable-next-line no-await-in-loop -- One press after the other.
    await page.keyboard.press(key);
  }
  assert.fail(`${name} was not reached`);
}
