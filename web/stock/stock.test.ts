import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { Client } from 'pg';
import type { Product, StockMove } from '../../src/catalog/api.ts';
import { expectStatus } from '../../src/testing/http.ts';
import { addProduct, keyed, someone, type Page as PageOf } from '../../src/testing/shop.ts';
import { expectAccessibleInBoth } from '../testing/accessible.ts';
import { inConsole } from '../testing/console.ts';
import { expectNarrow } from '../testing/narrow.ts';

/** A request that was cut off on purpose. */
const cutOff = /net::ERR_FAILED/;

await inConsole(
  'the stock in a browser',
  ({ ask, staff, visit, visitAsStaff, databaseUrl }) => {
    async function movesOf({ id }: Product): Promise<StockMove[]> {
      const answer = await ask(`GET /v1/products/${id}/stock-moves`, { token: staff });
      return (expectStatus(answer, 200).body as PageOf<StockMove>).items;
    }

    const productNow = async ({ id }: Product): Promise<Product> =>
      expectStatus(await ask(`GET /v1/products/${id}`), 200).body as Product;

    async function setPrice(product: Product, unitPriceCents: number): Promise<void> {
      const { version } = await productNow(product);
      const headers = { 'if-match': `"${version}"` };
      const body = { unitPriceCents };
      expectStatus(
        await ask(`PATCH /v1/products/${product.id}`, { token: staff, headers, body }),
        200,
      );
    }

    async function sql(text: string): Promise<void> {
      const client = new Client({ connectionString: databaseUrl });
      await client.connect();
      await client.query(text);
      await client.end();
    }

    test('what staff brings in is in the shop of somebody else at once, and in the ledger', async () => {
      const { product } = await addProduct(ask, staff, { quantity: 41 });
      const shopper = await visit();
      await shopper.page.goto(`/products/${product.id}`);
      await shopper.page.getByText('41 left').first().waitFor();
      const { page, faults } = await visitAsStaff(`/staff/stock/${product.id}`);
      const dialog = await open(page, 'Restock');
      await dialog.getByLabel('How many came in').fill('12');
      await dialog.getByLabel('Note').fill('from the harbour');

      await dialog.getByRole('button', { name: 'Restock' }).click();

      await dialog.waitFor({ state: 'detached' });
      await shopper.page.getByText('53 left').first().waitFor({ timeout: 2_000 });
      const line = page.getByRole('row', { name: /from the harbour/ });
      assert.match(await line.innerText(), /\+12\s+53[\s\S]*admin/);
      assert.equal(await levelOn(page, 'On hand'), '53');
      assert.deepEqual([faults, shopper.faults], [[], []]);
    });

    test('pressed twice, or sent again after a lost answer, it is moved once', async () => {
      const { product } = await addProduct(ask, staff, { quantity: 5 });
      const { page, faults } = await visitAsStaff(`/staff/stock/${product.id}`);
      const twice = await open(page, 'Restock');
      await twice.getByLabel('How many came in').fill('3');
      await twice.getByRole('button', { name: 'Restock' }).dblclick();
      await twice.waitFor({ state: 'detached' });
      assert.deepEqual(
        (await movesOf(product)).map(({ delta }) => delta),
        [3, 5],
      );

      await loseNextAnswer(page, '**/stock-moves');
      const lost = await open(page, 'Correct');
      await lost.getByLabel('Change by').fill('-2');
      await lost.getByRole('button', { name: 'Correct' }).click();
      await lost.getByText('No answer came').waitFor();
      assert.ok(await lost.getByLabel('Change by').isDisabled());
      await lost.getByRole('button', { name: 'Try again' }).click();
      await lost.waitFor({ state: 'detached' });

      assert.deepEqual(
        (await movesOf(product)).map(({ delta }) => delta),
        [-2, 3, 5],
      );
      await page.getByRole('row', { name: /−2\s+6/ }).waitFor();
      assert.deepEqual(
        faults.filter((fault) => !cutOff.test(fault)),
        [],
      );
    });

    test('a correction below what is promised is refused, and says what is there', async () => {
      const { product } = await addProduct(ask, staff, { quantity: 6 });
      const { page, faults } = await visitAsStaff(`/staff/stock/${product.id}`);
      const aside = await open(page, 'Put aside');
      await aside.getByLabel('How many').fill('4');
      await aside.getByLabel('Note').fill('for the window');
      await aside.getByRole('button', { name: 'Put aside' }).click();
      await page.getByText('Of 4 reserved, 4 are put aside here').waitFor();

      const dialog = await open(page, 'Correct');
      await dialog.getByLabel('Change by').fill('-3');
      await dialog.getByRole('button', { name: 'Correct' }).click();
      const refusal = await dialog.getByRole('alert').innerText();
      assert.match(refusal, /3 cannot be taken off: only 2 are available/);
      assert.match(refusal, /4 more on the shelf are promised/);
      await dialog.getByLabel('Change by').fill('-2');
      await dialog.getByRole('button', { name: 'Correct' }).click();
      await dialog.waitFor({ state: 'detached' });

      // By key, because what was said in passing may still lie above it.
      await page.getByRole('button', { name: 'Give back' }).press('Enter');
      await page.getByRole('dialog').getByRole('button', { name: 'Give back' }).click();
      await page.getByText('Of 0 reserved').waitFor();
      assert.equal(await levelOn(page, 'Available'), '4 Low');
      assert.deepEqual(faults, []);
    });

    test('of two who change a price the slower sees both, and decides', async () => {
      const { product } = await addProduct(ask, staff, { unitPriceCents: 1_000 });
      const { page, faults } = await visitAsStaff(`/staff/stock/${product.id}`);
      const save = async (price: string): Promise<Locator> => {
        const dialog = await open(page, 'Change');
        await setPrice(product, 2_000 + Number(price));
        await dialog.getByLabel(/^Price/).fill(price);
        await dialog.getByRole('button', { name: 'Save' }).click();
        await dialog.getByRole('button', { name: 'Keep mine' }).waitFor();
        return dialog;
      };

      const first = await save('30');
      assert.match(await first.getByRole('row', { name: /Price/ }).innerText(), /30\.00.*20\.30/s);
      await first.getByRole('button', { name: 'Take theirs' }).click();
      await first.waitFor({ state: 'detached' });
      assert.equal((await productNow(product)).unitPriceCents, 2_030);
      await page.getByRole('definition').filter({ hasText: '20.30' }).waitFor();

      const second = await save('40');
      await second.getByRole('button', { name: 'Keep mine' }).click();
      await second.waitFor({ state: 'detached' });
      assert.equal((await productNow(product)).unitPriceCents, 4_000);
      await page.getByRole('definition').filter({ hasText: '40.00' }).waitFor();
      assert.deepEqual(faults, []);
    });

    test('the list finds as one types, marks what is low, and has what was just added', async () => {
      const word = `w${Date.now().toString(36)}`;
      const titles = [`Lamp ${word}`, `Chair ${word}`];
      await addProduct(ask, staff, { title: titles[0], topic: word, quantity: 2 });
      await addProduct(ask, staff, { title: titles[1], topic: word, quantity: 0 });
      const { page, faults } = await visitAsStaff('/staff/stock');
      await page.getByLabel('Search').fill(word);
      await page.getByRole('row', { name: /Lamp.*Low/ }).waitFor();
      await page.getByRole('row', { name: /Chair.*Out/ }).waitFor();
      await page.getByRole('row').nth(3).waitFor({ state: 'detached' });
      assert.equal(await page.getByRole('row').count(), 3);
      await page.getByLabel('In stock only').check();
      await page.getByRole('row', { name: /Chair/ }).waitFor({ state: 'detached' });
      await page.getByLabel('Topic').selectOption(word);
      await page.reload();
      await page.getByRole('row', { name: /Lamp/ }).waitFor();
      assert.equal(await page.getByLabel('Search').inputValue(), word);

      const dialog = await open(page, 'Add a product');
      await dialog.getByRole('button', { name: 'Add product' }).click();
      await dialog.getByText('Say what it is called').waitFor();
      await dialog.getByLabel('Title').fill(`Table ${word}`);
      await dialog.getByLabel('Topic').fill(word);
      await dialog.getByLabel(/^Price/).fill('12,5');
      await dialog.getByLabel('In stock at first').fill('7');
      await loseNextAnswer(page, '**/v1/products');
      await dialog.getByRole('button', { name: 'Add product' }).click();
      await dialog.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('heading', { level: 1, name: `Table ${word}` }).waitFor();
      assert.equal(await levelOn(page, 'Available'), '7 In stock');
      await page.goto(`/staff/stock?q=${word}`);
      await page.getByRole('row', { name: /Table.*7.*12\.50/ }).waitFor();
      assert.equal(await page.getByRole('row', { name: /Table/ }).count(), 1);
      assert.deepEqual(
        faults.filter((fault) => !cutOff.test(fault)),
        [],
      );
    });

    test('the books add up, until somebody changes a row by hand', async () => {
      const { product } = await addProduct(ask, staff);
      const { page, faults } = await visitAsStaff('/staff/stock');
      await page.getByText('The books add up').waitFor();
      await page.getByText(/checked (?:now|\d+ \w+ ago)/).waitFor();

      await sql(`update catalog.stock set available = available + 1
        where sku = (select sku from catalog.products where id = '${product.id}')`);

      // On a busy machine an audit takes long, and then it comes less often.
      const verdict = page.getByText('The books do not add up: K1 of catalog');
      await verdict.waitFor({ timeout: 120_000 });
      const rule = page.getByRole('listitem').filter({ hasText: 'K1 of catalog' });
      assert.match(await rule.innerText(), /Violated[\s\S]*on hand is what the ledger says/);
      assert.deepEqual(faults, []);
    });

    test('everybody can use the pages of the stock in light and dark', async () => {
      const title = 'A product with a name that is much longer than a telephone is wide, and on';
      const { product } = await addProduct(ask, staff, { title, unitPriceCents: 123_456_789 });
      const { accessToken } = await someone(ask);
      const body = { lines: [{ productId: product.id, quantity: 2 }] };
      expectStatus(
        await ask('POST /v1/orders', { token: accessToken, headers: keyed(), body }),
        201,
      );
      const viewport = { width: 360, height: 740 };
      const { page, faults } = await visitAsStaff('/staff/stock', { viewport });
      await page.getByRole('row', { name: new RegExp(product.id) }).waitFor();
      await page.getByText('What is checked').click();
      await expectAccessibleInBoth(page);
      await expectNarrow(page);
      await page.getByRole('button', { name: 'Add a product' }).click();
      await expectAccessibleInBoth(page);
      await page.goto(`/staff/stock/${product.id}`);
      await page.getByRole('row', { name: /Restock/ }).waitFor();
      await expectAccessibleInBoth(page);
      await expectNarrow(page);
      await page.getByRole('button', { name: 'Correct' }).click();
      await expectAccessibleInBoth(page);
      await page.goto('/staff/stock/no-such-product');
      await page.getByText('There is no product').waitFor();
      assert.deepEqual(faults, []);
    });
  },
  { auditSeconds: 1 },
);

async function open(page: Page, name: string): Promise<Locator> {
  await page.getByRole('button', { name, exact: true }).click();
  return page.getByRole('dialog');
}

/** What stands below this word at the top of the page, once it stays. */
async function levelOn(page: Page, name: string): Promise<string | undefined> {
  const level = page.getByRole('region', { name: 'Stock' }).locator('div', { hasText: name });
  const text = await level.locator('dd').first().innerText();
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** It arrives and is done, but nobody hears of it. */
async function loseNextAnswer(page: Page, url: string): Promise<void> {
  await page.route(
    url,
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
}
