import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { until } from '../../src/postgres/wait.ts';
import { adminPassword } from '../../src/testing/process.ts';
import { password, someone } from '../../src/testing/shop.ts';
import { expectAccessible } from '../testing/accessible.ts';
import { inConsole, signInOn } from '../testing/console.ts';
import { placeAndRefuse, provoke, readMetrics, troubled } from '../testing/system.ts';
import type { System } from './shapes.ts';

const address = '**/v1/system';
const countedMsMax = 5_000;
/** What others ask for would be counted too. */
const ownConsole = {};

await inConsole(
  'the system in a browser',
  (console) => {
    const { ask, staff, visit, visitAsStaff, metricsUrl, databaseUrl } = console;

    test('shows the same numbers as /metrics', async () => {
      await placeAndRefuse(ask, staff);
      const metrics = await until(async () => {
        const read = readMetrics(await (await fetch(metricsUrl)).text());
        return read('bazar_requests_total', { operation: 'getOrder' }) === 3 ? read : undefined;
      }, countedMsMax);
      assert.ok(metrics);
      const { page, faults } = await visitAsStaff('/system');
      await page.getByRole('searchbox', { name: 'Find an operation' }).fill('order');

      for (const operation of ['placeOrder', 'getOrder', 'cancelOrder']) {
        const count = (status: string): number =>
          metrics('bazar_requests_total', { operation, status });
        const expected = [count(''), count('4'), count('5')];
        assert.ok(count('2') > 0);
        // oxlint-disable-next-line no-await-in-loop -- one page is read from top to bottom
        const shown = await numbersIn(rowOf(page, 'Operations', operation));
        assert.deepEqual([shown[0], shown[2], shown[3]], expected, operation);
      }
      const [batches, items] = await numbersIn(rowOf(page, 'Batchers', 'place'));
      assert.deepEqual(
        [batches, items],
        [
          metrics('bazar_batch_size_count', { batcher: 'place' }),
          metrics('bazar_batch_size_sum', { batcher: 'place' }),
        ],
      );
      const rules = page.getByRole('region', { name: 'Invariants' }).getByRole('row');
      assert.equal(await rules.count(), 1 + 5);
      for (const [service, invariant] of [
        ['catalog', 'K1'],
        ['orders', 'O2'],
      ] as const) {
        const expected = metrics('bazar_invariant_violations_total', { service, invariant });
        // oxlint-disable-next-line no-await-in-loop -- one page is read from top to bottom
        const shown = await numbersIn(rules.filter({ hasText: `${invariant} of ${service}` }));
        assert.deepEqual(shown, [expected]);
      }
      assert.deepEqual(faults, []);
    });

    test('lists an error with the ids that find it in the logs, to be copied', async () => {
      const refused = await provoke(databaseUrl, ask, staff);
      const { page, context, faults } = await visitAsStaff('/system');
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);

      const errors = section(page, 'Recent errors').getByRole('listitem');
      const found = errors.filter({ hasText: refused.traceId ?? 'none' });
      await found.waitFor();
      await found.getByText('500 internal').waitFor();
      await found.getByRole('heading', { name: /^listVehicles/ }).waitFor();
      await found.getByText(refused.requestId ?? 'none').waitFor();
      await page.getByText(/1 error in the last 5 minutes, the last in listVehicles/).waitFor();
      await page.getByRole('button', { name: 'With errors' }).click();
      const [, , , count] = await numbersIn(rowOf(page, 'Operations', 'listVehicles'));
      assert.equal(count, 1);
      await found.getByRole('button', { name: /^Copy the trace id/ }).click();
      await page.getByText('Trace id copied').waitFor();

      const copied = await page.evaluate<string>('navigator.clipboard.readText()');
      assert.equal(copied, refused.traceId);
      assert.deepEqual(faults, []);
    });

    test('is not for customers, and asks nothing for them', async () => {
      const { user } = await someone(ask);
      const { page, faults } = await visit();
      const asked: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      await page.goto('/system');
      await signInOn(page, user.username, password);

      await page.getByRole('heading', { level: 1, name: 'Not for this account' }).waitFor();

      assert.ok(asked.includes('/v1/about'), 'requests are seen');
      assert.ok(!asked.includes('/v1/system'), asked.join(' '));
      assert.deepEqual(faults, []);
    });

    test('keeps the last numbers while Bazar is away, and goes on by itself', async () => {
      const { page, faults } = await visit();
      let last: System | undefined;
      await page.clock.install();
      await page.route(address, async (route) => {
        const response = await route.fetch();
        if (response.ok()) last = (await response.json()) as System;
        await route.fulfill({ response });
      });
      await page.goto('/system');
      await signInOn(page, 'admin', adminPassword);
      await page.getByText('Live', { exact: true }).waitFor();

      await page.unroute(address);
      await page.route(address, (route) => route.abort());
      await page.clock.fastForward(6_000);
      await page.getByText('Bazar did not answer.').waitFor();
      await page.getByText(/^Known at \d/).waitFor();
      const [requests] = await numbersIn(rowOf(page, 'Operations', 'logIn'));
      await page.getByRole('button', { name: 'Try now' }).focus();
      await page.unroute(address);
      await page.clock.fastForward(11_000);
      await page.getByText('Live', { exact: true }).waitFor();
      await page.getByText('Bazar did not answer.').waitFor({ state: 'detached' });

      const known = last?.processes[0]?.operations.find(({ operation }) => operation === 'logIn');
      assert.ok(known);
      assert.equal(requests, known.requests);
      const heading = page.getByRole('heading', { level: 1 });
      assert.ok(await heading.evaluate((element) => element === document.activeElement));
      assert.deepEqual(
        faults.filter((fault) => !fault.includes('ERR_FAILED')),
        [],
      );
    });

    test('says what is wrong, worst first, and sums up several processes', async () => {
      const { page, faults } = await visit();
      await page.route(address, async (route) => {
        const response = await route.fetch();
        const json: unknown = await response.json();
        await route.fulfill({ response, json: response.ok() ? troubled(json as System) : json });
      });
      await page.goto('/system');
      await signInOn(page, 'admin', adminPassword);

      await page.getByRole('status').getByText('Books do not add up: K1 of catalog').waitFor();
      await page.getByText('Not everything is shown.').waitFor();
      const rules = page.getByRole('region', { name: 'Invariants' }).getByRole('row');
      assert.match((await rules.nth(1).textContent()) ?? '', /^K1 of catalog.*3$/);
      await page
        .getByRole('button', { name: /^Requests/ })
        .getByText('5/s', { exact: true })
        .waitFor();
      const all = await numbersIn(rowOf(page, 'Operations', 'logIn'));
      await page.getByLabel('In', { exact: true }).selectOption({ index: 1 });
      const one = await numbersIn(rowOf(page, 'Operations', 'logIn'));
      assert.equal(all[0], 2 * (one[0] ?? 0));

      await page.getByRole('button', { name: /^99th percentile/ }).click();
      const plot = page.getByRole('img', { name: /^Time of a request: p50 last 2 ms/ });
      await plot.waitFor();
      const picture = () =>
        plot.locator('canvas').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
      const light = await picture();
      await page.getByRole('button', { name: 'Dark colours' }).click();
      const dark = await until(async () => {
        const now = await picture();
        return now === light ? undefined : now;
      }, countedMsMax);
      assert.ok(dark, 'the plot keeps the colours of the other theme');
      await page.setViewportSize({ width: 360, height: 740 });
      const fits = async () => ((await plot.locator('canvas').boundingBox())?.width ?? 360) < 360;
      assert.ok(await until(async () => (await fits()) || undefined, countedMsMax));
      assert.deepEqual(faults, []);
    });

    test('can be used with the keyboard, by everybody, and on a small screen', async () => {
      const { page, faults } = await visitAsStaff('/system', { reducedMotion: 'reduce' });
      const table = page.getByRole('region', { name: 'Operations' });
      const header = (name: string) => table.getByRole('columnheader', { name });
      const sorted = (name: string) => header(name).getAttribute('aria-sort');
      const first = async () => (await table.getByRole('rowheader').first().textContent()) ?? '';
      await header('Operation').waitFor();
      await expectAccessible(page);
      assert.deepEqual([await sorted('Requests'), await sorted('Operation')], ['descending', null]);

      const button = header('Operation').getByRole('button');
      await button.focus();
      await page.keyboard.press('Enter');
      assert.deepEqual([await sorted('Requests'), await sorted('Operation')], [null, 'ascending']);
      const start = await first();
      await page.keyboard.press('Enter');
      assert.equal(await sorted('Operation'), 'descending');
      const end = await first();
      assert.ok(start.localeCompare(end) < 0, `${start} ${end}`);
      assert.ok(await button.evaluate((element) => element === document.activeElement));
      await page.getByRole('searchbox', { name: 'Find an operation' }).fill('no such thing');
      await page.getByText('No operation here has “no such thing” in its name.').waitFor();
      await page.getByRole('searchbox', { name: 'Find an operation' }).fill('');

      await page.setViewportSize({ width: 360, height: 740 });
      await page.getByRole('button', { name: 'Dark colours' }).click();
      await expectAccessible(page);
      const overhang = await page
        .locator('html')
        .evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
      assert.ok(overhang <= 0, `the page is ${overhang} pixels wider than the screen`);
      assert.deepEqual(faults, []);
    });
  },
  ownConsole,
);

function section(page: Page, title: string): Locator {
  return page
    .locator('section')
    .filter({ has: page.getByRole('heading', { level: 2, name: title }) });
}

function rowOf(page: Page, table: string, name: string): Locator {
  const header = page.getByRole('rowheader', { name, exact: true });
  return page
    .getByRole('region', { name: table, exact: true })
    .getByRole('row')
    .filter({ has: header });
}

/** What stands in the cells of a row. */
async function numbersIn(row: Locator): Promise<number[]> {
  await row.waitFor();
  const texts = await row.getByRole('cell').allTextContents();
  return texts.map((text) => Number.parseFloat(text.replaceAll(',', '')));
}
