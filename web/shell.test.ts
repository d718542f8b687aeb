import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { consolePaths } from '../src/gateway/console-paths.ts';
import { expectStatus } from '../src/testing/http.ts';
import { addProduct, keyed, someone } from '../src/testing/shop.ts';
import { expectAccessibleInBoth } from './testing/accessible.ts';
import { inConsole } from './testing/console.ts';

const small = { viewport: { width: 360, height: 740 } };
const heading = (page: Page, name: string | RegExp) =>
  page.getByRole('heading', { level: 1, name });
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent);

/** Follows a link to nowhere. */
async function goNowhere(page: Page): Promise<void> {
  await page.evaluate(() => {
    history.pushState(null, '', '/nothing');
    dispatchEvent(new PopStateEvent('popstate'));
  });
  await heading(page, 'There is no such page').waitFor();
}

await inConsole(
  'the console in a browser',
  ({ visit, visitAsCustomer, visitAsStaff, ask, staff }) => {
    test('allows nothing but what is its own', async () => {
      const { headers } = await ask('GET /');
      const policy = headers['content-security-policy'] ?? '';
      assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/);
      assert.doesNotMatch(policy, /unsafe/);
    });

    test('leads through every page of its reader, without a fault and without a sideways scroll', async () => {
      const { accessToken: token } = await someone(ask);
      const { product } = await addProduct(ask, staff);
      const lines = [{ productId: product.id, quantity: 1 }];
      const placed = await ask('POST /v1/orders', { token, body: { lines }, headers: keyed() });
      const { id } = expectStatus(placed, 201).body as { id: string };
      const things: Record<string, string> = { product: product.id, stockItem: product.id };
      const { page, faults } = await visitAsStaff('/', small);
      for (const [name, form] of Object.entries(consolePaths)) {
        const path = form.replace(':id', things[name] ?? (name === 'vehicle' ? 'v1' : id));
        // oxlint-disable-next-line no-await-in-loop -- one page after the other
        const sideways = await look(page, path);
        assert.equal(sideways, 0, path);
      }
      assert.deepEqual(faults, []);
    });

    async function look(page: Page, path: string): Promise<number> {
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByText('Loading…').first().waitFor({ state: 'detached' });
      assert.match(await page.title(), / · Bazar$/);
      return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    }

    test('asks nothing for pages that are not for its reader', async () => {
      const { page, faults } = await visitAsCustomer('/');
      const asked: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      for (const path of ['/staff/orders', '/staff/orders/1', '/staff/stock', '/staff/stock/1']) {
        // oxlint-disable-next-line no-await-in-loop -- one page after the other
        await refuses(page, path);
      }
      for (const path of ['/staff/people', '/system', '/map', '/map/v1']) {
        // oxlint-disable-next-line no-await-in-loop -- the same
        await refuses(page, path);
      }
      const allowed = new Set(['/v1/about', '/v1/browser-session/resume']);
      const asksOthers = asked.filter((path) => path.startsWith('/v1/') && !allowed.has(path));
      assert.deepEqual(asksOthers, []);
      await expectAccessibleInBoth(page);
      assert.deepEqual(faults, []);
    });

    async function refuses(page: Page, path: string): Promise<void> {
      await page.goto(path);
      await heading(page, 'Not for this account').waitFor();
    }

    test('opens and closes its menu on a small screen', async () => {
      const { page, faults } = await visitAsStaff('/staff/people', small);
      const menu = page.getByRole('button', { name: 'Menu' });
      const entry = page.getByRole('link', { name: 'Stock' });
      assert.equal(await entry.isVisible(), false);
      await menu.click();
      await entry.waitFor();
      assert.equal(
        await page.getByRole('link', { name: 'People' }).getAttribute('aria-current'),
        'page',
      );
      await expectAccessibleInBoth(page);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Escape');
      await entry.waitFor({ state: 'hidden' });
      assert.ok(await menu.evaluate((element) => element === document.activeElement));
      await menu.click();
      await entry.click();
      await heading(page, 'Stock').waitFor();
      await entry.waitFor({ state: 'hidden' });
      assert.deepEqual(faults, []);
    });

    test('begins each page at its heading, and lets the keyboard skip the header', async () => {
      const { page, faults } = await visit();
      await page.goto('/');
      await heading(page, 'Shop').waitFor();
      await page.keyboard.press('Tab');
      assert.equal(await focused(page), 'Skip to the content');
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'main');
      assert.equal(new URL(page.url()).hash, '');
      await page.getByRole('link', { name: 'Sign in' }).first().click();
      await heading(page, 'Sign in').waitFor();
      assert.equal(await focused(page), 'Sign in');
      assert.equal(await page.title(), 'Sign in · Bazar');
      await goNowhere(page);
      await expectAccessibleInBoth(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.locator('[data-theme=dark]').waitFor();
      await expectAccessibleInBoth(page);
      assert.deepEqual(faults, []);
    });

    test('is dark from the first paint where dark is wanted, until the reader chooses', async () => {
      const { page, faults } = await visit({ colorScheme: 'dark' });
      const theme = () => page.evaluate(() => document.documentElement.dataset['theme']);
      await page.route('**/assets/*.js', (route) => route.abort());
      await page.goto('/', { waitUntil: 'domcontentloaded' });
      assert.equal(await theme(), 'dark');
      await page.unrouteAll();
      await page.reload();
      await page.emulateMedia({ colorScheme: 'light' });
      await page.locator('[data-theme=light]').waitFor();
      await page.getByRole('button', { name: 'Dark colours' }).click();
      await page.reload();
      assert.equal(await theme(), 'dark');
      assert.deepEqual(
        faults.filter((fault) => !fault.includes('ERR_FAILED')),
        [],
      );
    });
  },
);
