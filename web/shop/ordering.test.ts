import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page, Request } from 'playwright-core';
import { expectProblem, expectStatus } from '../../src/testing/http.ts';
import { password, someName, someone } from '../../src/testing/shop.ts';
import { inConsole, signInOn } from '../testing/console.ts';
import { besideShop, unexpected } from '../testing/shop.ts';

const isOrder = (request: Request): boolean =>
  request.method() === 'POST' && request.url().endsWith('/v1/orders');

await inConsole('ordering in a browser', (shop) => {
  const { ask, staff, visitAsCustomer } = shop;
  const { sell, correct, order, ordersOf, withInBasket } = besideShop(shop);

  test('a double click orders once', async () => {
    const { page, token, faults } = await withInBasket(await sell());

    await page.getByRole('button', { name: 'Place the order' }).dblclick();

    await page.getByText('Thank you, your order is placed.').waitFor();
    assert.equal((await ordersOf(token)).length, 1);
    assert.deepEqual(faults, []);
  });

  test('after a lost answer a new try orders once, also in a page that was loaded anew', async () => {
    const product = await sell();
    const { page, token, faults } = await withInBasket(product);
    const stop = await loseAnswers(page);

    await page.getByRole('button', { name: 'Place the order' }).click();
    await page.getByText('We do not know yet whether it was placed.').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('We do not know yet whether it was placed.').waitFor();
    assert.equal(
      await page.getByRole('spinbutton', { name: `Quantity of ${product.title}` }).count(),
      0,
    );
    await page.reload();
    await page.getByText('We do not know yet whether it was placed.').waitFor();
    await stop();
    await page.getByRole('button', { name: 'Try again' }).click();

    await page.getByText('Thank you, your order is placed.').waitFor();
    assert.equal((await ordersOf(token)).length, 1);
    assert.deepEqual(unexpected(faults), []);
  });

  test('an order that nobody knows of can be called off, and then never comes', async () => {
    const product = await sell();
    const { page, token, faults } = await withInBasket(product);
    const sent = page.waitForRequest(isOrder);
    await page.route('**/v1/orders', (route) => route.abort());

    await page.getByRole('button', { name: 'Place the order' }).click();
    await page.getByRole('button', { name: 'Do not order' }).click();
    await page.getByText('Nothing was ordered. Your basket is as it was.').waitFor();
    const { 'idempotency-key': key = '' } = (await sent).headers();
    const body = { lines: [{ productId: product.id, quantity: 1 }] };
    const late = await ask('POST /v1/orders', { token, body, headers: { 'idempotency-key': key } });
    expectProblem(late, 409, 'orderVoided');
    await page.unroute('**/v1/orders');
    await page.getByRole('button', { name: 'Place the order' }).click();

    await page.getByText('Thank you, your order is placed.').waitFor();
    assert.equal((await ordersOf(token)).length, 1);
    assert.deepEqual(unexpected(faults), []);
  });

  test('an order that was placed already is shown when it is called off', async () => {
    const { page, token, faults } = await withInBasket(await sell());
    await loseAnswers(page);

    await page.getByRole('button', { name: 'Place the order' }).click();
    await page.getByRole('button', { name: 'Do not order' }).click();

    const [placed] = await ordersOf(token);
    await page.getByText('This was ordered already.').waitFor();
    await page.getByRole('heading', { level: 1, name: `Order ${placed?.number}` }).waitFor();
    await page.getByRole('link', { name: 'Basket, 0 in it' }).waitFor();
    assert.deepEqual(unexpected(faults), []);
  });

  test('what one user has left open is ordered anew for another', async () => {
    const { page, context, token, faults } = await withInBasket(await sell());
    const stop = await loseAnswers(page);
    await page.getByRole('button', { name: 'Place the order' }).click();
    await page.getByRole('button', { name: 'Do not order' }).waitFor();
    await stop();
    const { user, accessToken } = await someone(ask);

    await context.clearCookies();
    await page.reload();
    await page.getByRole('link', { name: 'Sign in to find out' }).waitFor();
    await signInOn(page, user.username, password);
    await page.getByRole('button', { name: 'Place the order' }).click();

    await page.getByText('Thank you, your order is placed.').waitFor();
    assert.equal((await ordersOf(token)).length, 1);
    assert.equal((await ordersOf(accessToken)).length, 1);
    assert.deepEqual(unexpected(faults), []);
  });

  test('what is not sold any more is named, and can be removed', async () => {
    const product = await sell();
    const gone = { ...product, id: someName() };
    const { page, token, faults } = await withInBasket(product, gone);

    await page.getByText('This is not sold here any more.').waitFor();
    await page.getByRole('button', { name: 'Place the order' }).click();
    await page.getByText(`No longer sold here: ${gone.id}.`).waitFor();
    await page.getByRole('button', { name: 'Remove it' }).click();
    await page.getByRole('button', { name: 'Place the order' }).click();

    await page.getByText('Thank you, your order is placed.').waitFor();
    assert.equal((await ordersOf(token)).length, 1);
    assert.deepEqual(faults, []);
  });

  test('each line that is short is named, and what is there can be taken', async () => {
    const [some, none] = [await sell({ quantity: 8 }), await sell({ quantity: 2 })];
    const { page, token, faults } = await withInBasket(some, none);
    await page.getByRole('spinbutton', { name: `Quantity of ${some.title}` }).fill('8');
    await page.keyboard.press('Enter');
    await page.getByText('9 items').waitFor();
    await Promise.all([correct(some, -1), correct(none, -2)]);

    await page.getByRole('button', { name: 'Place the order' }).click();
    const refusal = page.getByRole('alert');
    await refusal.getByText(`${some.title}: asked 8, only 7 left`).waitFor();
    await refusal.getByText(`${none.title}: asked 1, sold out`).waitFor();
    await page.getByText('You asked for 8, only 7 left.').waitFor();
    await page.getByRole('button', { name: `Take 7 of ${some.title}` }).waitFor();
    await refusal.getByRole('button', { name: 'Take what is there' }).click();
    await page.getByText('7 items').waitFor();
    await page.getByRole('button', { name: 'Place the order' }).click();

    await page.getByText('Thank you, your order is placed.').waitFor();
    const [placed] = await ordersOf(token);
    assert.deepEqual(
      placed?.lines.map(({ productId, quantity }) => [productId, quantity]),
      [[some.id, 7]],
    );
    assert.deepEqual(faults, []);
  });

  test('an order that was closed by others meanwhile cannot be cancelled, and says why', async () => {
    const { page, token, faults } = await withInBasket(await sell());
    await page.getByRole('button', { name: 'Place the order' }).click();
    await page.getByRole('button', { name: 'Cancel the order' }).click();
    const [placed] = await ordersOf(token);
    expectStatus(await ask(`POST /v1/orders/${placed?.id}/fulfil`, { token: staff }), 200);

    await page.getByText('Fulfilled: it has left the house').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the order' }).click();

    await page.getByText('This order was fulfilled already').waitFor();
    assert.deepEqual(faults, []);
  });

  test('the list of own orders is live, and can be narrowed', async () => {
    const product = await sell();
    const { page, token, faults } = await visitAsCustomer('/orders');
    await page.getByText('You have not ordered anything yet').waitFor();
    const { id, number } = await order(token, product);

    const item = page.getByRole('listitem').filter({ hasText: number });
    await item.getByText('Confirmed').waitFor();
    expectStatus(await ask(`POST /v1/orders/${id}/cancel`, { token }), 200);
    await item.getByText('Cancelled').waitFor();
    await page.getByLabel('Status').selectOption('Fulfilled');
    await page.getByText('None of your orders is fulfilled').waitFor();

    assert.deepEqual(faults, []);
  });
});

/** Orders reach Bazar and are placed, but nobody here is told. */
async function loseAnswers(page: Page): Promise<() => Promise<void>> {
  await page.route('**/v1/orders', async (route) => {
    if (!isOrder(route.request())) return route.continue();
    await route.fetch();
    return route.abort();
  });
  return () => page.unroute('**/v1/orders');
}
