import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import type { Order, Step } from '../../src/orders/shapes.ts';
import { expectStatus } from '../../src/testing/http.ts';
import { addProduct, keyed, someone } from '../../src/testing/shop.ts';
import type { Session } from '../../src/users/shapes.ts';
import { expectAccessibleInBoth } from '../testing/accessible.ts';
import { inConsole } from '../testing/console.ts';
import { expectNarrow } from '../testing/narrow.ts';

await inConsole('the orders of everybody in a browser', ({ ask, staff, visitAsStaff }) => {
  async function place(who: Session, productId: string, quantity = 1): Promise<Order> {
    const body = { lines: [{ productId, quantity }] };
    const token = who.accessToken;
    const answer = await ask('POST /v1/orders', { token, headers: keyed(), body });
    return expectStatus(answer, 201).body as Order;
  }

  async function historyOf({ id }: Order): Promise<Step[]> {
    const answer = await ask(`GET /v1/orders/${id}/history`, { token: staff });
    return (expectStatus(answer, 200).body as { items: Step[] }).items;
  }

  const end = async ({ id }: Order, how: 'cancel' | 'fulfil') =>
    expectStatus(await ask(`POST /v1/orders/${id}/${how}`, { token: staff }), 200);

  test('a new order appears by itself, and is fulfilled and cancelled with a trace', async () => {
    const { product } = await addProduct(ask, staff, { unitPriceCents: 1_250 });
    const customer = await someone(ask);
    const { page, faults } = await visitAsStaff(`/staff/orders?productId=${product.id}`);
    await page.getByText('No order fits these filters').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();

    const first = await place(customer, product.id, 2);
    await rowOf(page, first).waitFor({ timeout: 2_000 });
    const second = await place(customer, product.id);
    await rowOf(page, second).waitFor({ timeout: 2_000 });
    assert.match(await page.getByRole('row').nth(1).innerText(), new RegExp(second.number));
    await rowOf(page, first).getByText(customer.user.username).waitFor();
    assert.match(await rowOf(page, first).innerText(), /Confirmed[\s\S]*2[\s\S]*25\.00/);

    await page.getByRole('button', { name: `Fulfil ${first.number}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Fulfil order' }).click();
    await rowOf(page, first).getByText('Fulfilled').waitFor();
    const focused = page.locator(':focus');
    await page.getByRole('link', { name: first.number }).and(focused).waitFor();
    await page
      .getByRole('button', { name: `Fulfil ${first.number}` })
      .waitFor({ state: 'detached' });
    await page.getByRole('button', { name: `Cancel ${second.number}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel order' }).click();
    await rowOf(page, second).getByText('Cancelled').waitFor();

    await page.getByRole('link', { name: first.number }).click();
    await page.getByRole('heading', { level: 1, name: first.number }).waitFor();
    const [placed, fulfilled] = await historyOf(first);
    const step = page.getByRole('listitem').filter({ hasText: 'it has left the house' });
    await step.getByText('admin', { exact: true }).waitFor();
    const told = await page.getByRole('main').innerText();
    for (const one of [placed, fulfilled]) {
      assert.ok(one && told.includes(one.traceId) && told.includes(one.requestId), told);
    }
    assert.deepEqual(faults, []);
  });

  test('the filters find, say so in the address, and hold for what comes later', async () => {
    const [{ product }, { product: other }] = await Promise.all([
      addProduct(ask, staff),
      addProduct(ask, staff),
    ]);
    const [alice, bob] = await Promise.all([someone(ask), someone(ask)]);
    const ofAlice = await place(alice, product.id);
    const ofBob = await place(bob, product.id);
    const another = await place(alice, other.id);
    await end(ofAlice, 'cancel');
    const { page, faults } = await visitAsStaff('/staff/orders');
    const expectOnly = async (shown: Order[], hidden: Order[]) => {
      await Promise.all([
        ...shown.map((order) => rowOf(page, order).waitFor()),
        ...hidden.map((order) => rowOf(page, order).waitFor({ state: 'detached' })),
      ]);
    };
    await expectOnly([ofAlice, ofBob, another], []);

    await page.getByLabel('Product id').fill(product.id);
    await expectOnly([ofAlice, ofBob], [another]);
    await page.getByRole('combobox', { name: 'Customer' }).fill(alice.user.email.slice(0, -4));
    await page.getByRole('option', { name: alice.user.username }).waitFor();
    await page.getByRole('combobox', { name: 'Customer' }).press('Enter');
    await expectOnly([ofAlice], [ofBob, another]);
    await page.reload();
    await expectOnly([ofAlice], [ofBob, another]);
    await page.getByLabel('Status').selectOption('Confirmed');
    await expectOnly([], [ofAlice, ofBob, another]);
    await place(bob, product.id);
    const later = await place(alice, product.id);
    await expectOnly([later], [ofAlice, ofBob, another]);
    assert.equal(await page.getByRole('row').count(), 2);
    await end(later, 'fulfil');
    await expectOnly([], [later]);

    await page.getByRole('button', { name: 'Clear filters' }).click();
    await expectOnly([ofAlice, ofBob, another, later], []);
    await page.getByLabel('Placed from').fill('2040-01-01T00:00');
    await page.getByText('No order fits these filters').waitFor();
    assert.match(page.url(), /placedFrom=20(39|40)-\d\d-\d\dT\d\d%3A00%3A00\.000Z$/);
    await page.getByLabel('Placed from').fill('2020-01-01T00:00');
    await expectOnly([ofAlice], []);
    await page.getByLabel('Placed before').fill('2020-01-02T00:00');
    await page.getByText('No order fits these filters').waitFor();

    await page.getByLabel('Order number or id').fill('no order');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('Like ORD0042, or an id').waitFor();
    await page.getByLabel('Order number or id').fill(ofBob.number.replace('ORD', ''));
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('heading', { level: 1, name: ofBob.number }).waitFor();
    assert.deepEqual(faults, []);
  });

  test('an open order changes by itself, and who was slower is told what is true now', async () => {
    const { product } = await addProduct(ask, staff);
    const customer = await someone(ask);
    const [order, next] = [await place(customer, product.id), await place(customer, product.id)];
    const { page, faults } = await visitAsStaff(`/staff/orders/${order.number}`);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('link', { name: customer.user.username }).waitFor();
    const link = page.getByRole('link', { name: customer.user.username });
    assert.equal(await link.getAttribute('href'), `/staff/people?q=${customer.user.username}`);
    await page.getByRole('button', { name: `Fulfil ${order.number}` }).click();

    await end(order, 'cancel');
    await page.getByRole('status').getByText('Cancelled', { exact: true }).waitFor();
    await page.getByText('Cancelled: its stock goes back').waitFor();

    await page.goto(`/staff/orders/${next.id}`);
    await page.getByRole('button', { name: `Cancel ${next.number}` }).click();
    // What comes by the stream would take the button away before it can be pressed.
    await page.route('**/cancel', async (route) => {
      await end(next, 'fulfil');
      await route.continue();
    });
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel order' }).click();
    await page.getByText('It is fulfilled now').waitFor();
    await page.getByRole('button', { name: 'Close', exact: true }).last().click();
    const status = page.getByRole('status').filter({ hasText: /^Fulfilled$/ });
    await status.and(page.locator(':focus')).waitFor();
    await page.goto('/staff/orders/ORD999999');
    await page.getByText('There is no order ORD999999').waitFor();
    assert.deepEqual(faults, []);
  });

  test('what happened while the connection was gone is in the list when it is back', async () => {
    const { product } = await addProduct(ask, staff);
    const customer = await someone(ask);
    const before = await place(customer, product.id);
    const { page, faults } = await visitAsStaff(`/staff/orders?productId=${product.id}`);
    await page.route('**/v1/stream?*', (route) => route.abort());
    await page.reload();
    await rowOf(page, before).waitFor();
    await page.getByText('Connecting again').waitFor();

    await end(before, 'fulfil');
    const missed = await place(customer, product.id);
    await page.unroute('**/v1/stream?*');

    await rowOf(page, missed).waitFor();
    await rowOf(page, before).getByText('Fulfilled').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    assert.deepEqual(
      faults.filter((fault) => !fault.includes('ERR_FAILED')),
      [],
    );
  });

  test('everybody can use the pages of orders in light and dark', async () => {
    const title = 'A product with a name that is much longer than a telephone is wide, and on';
    const { product } = await addProduct(ask, staff, { title, unitPriceCents: 123_456_789 });
    const customer = await someone(ask);
    const order = await place(customer, product.id, 10);
    const viewport = { width: 360, height: 740 };
    const { page, faults } = await visitAsStaff('/staff/orders', { viewport });
    await rowOf(page, order).waitFor();
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.getByRole('combobox', { name: 'Customer' }).fill(customer.user.username);
    const found = page.getByRole('option', { name: customer.user.username });
    await found.waitFor();
    await expectAccessibleInBoth(page);
    await expectNarrow(page);
    await found.click();
    await page.getByRole('button', { name: `Cancel ${order.number}` }).click();
    await expectAccessibleInBoth(page);
    await page.goto(`/staff/orders/${order.id}`);
    await page.getByText('Placed and confirmed').waitFor();
    await expectAccessibleInBoth(page);
    await expectNarrow(page);
    assert.deepEqual(faults, []);
  });
});

function rowOf(page: Page, { number }: Order): Locator {
  return page.getByRole('row', { name: new RegExp(`^${number}`) });
}
