import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { expectAccessible } from '../../web/testing/accessible.ts';
import { browserIsMissing, startBrowser } from '../../web/testing/browser.ts';
import { until } from '../postgres/wait.ts';
import { sampleRows } from '../replay/demo.ts';
import { servedColumns } from '../replay/sample.ts';
import type { GpsObject } from './gps-object.ts';
import { oracleOf } from './testing-gps.ts';
import { startLab } from './testing-lab.ts';

const speed = 20;
const waitMsMax = 20_000;
const options = { skip: browserIsMissing };
const charts = ['Cumulative distance', 'Speed', 'Elevation'];

type Row = GpsObject & { total: number };

/** What the table shows, the newest first. */
async function rowsOf(page: Page): Promise<Row[]> {
  const rows = await page
    .locator('tbody tr')
    .evaluateAll((all) =>
      all.map((row) => [...row.querySelectorAll('td')].map(({ textContent }) => textContent ?? '')),
    );
  return rows.map(([time = '', ...values]) => {
    const named = servedColumns.slice(1).map((name, i) => [name, Number(values[i])]);
    const row = { timestamp: Date.parse(time) / 1_000, total: Number(values.at(-1)) };
    return { ...row, ...Object.fromEntries(named) } as Row;
  });
}

async function untilRows(page: Page, count: number): Promise<Row[]> {
  const enough = async () => {
    const rows = await rowsOf(page);
    return rows.length >= count ? rows : undefined;
  };
  return (await until(enough, waitMsMax)) ?? assert.fail('too few rows come');
}

/** Newest first, with the whole way between the oldest and each of them. */
async function expectTrue(rows: readonly Row[]): Promise<void> {
  const oldest = rows.at(-1) ?? assert.fail('no rows');
  assert.equal(oldest.total, 0);
  const oracle = oracleOf(await sampleRows(), speed, oldest);
  for (const [i, row] of rows.entries()) {
    assert.ok(row.timestamp < (rows[i - 1]?.timestamp ?? Infinity));
    const meters = oracle.metersBetween(oldest, row);
    assert.ok(Math.abs(row.total - meters) < 0.1, `${row.total} is not ${meters}`);
  }
}

/** Each chart says in words what it draws, the map how much of the track it has. */
async function expectDrawn(page: Page, countMin: number): Promise<void> {
  const words = await page
    .getByRole('img')
    .evaluateAll((all) => all.map(({ ariaLabel }) => ariaLabel));
  for (const [i, title] of charts.entries()) {
    assert.match(words[i] ?? '', new RegExp(`^${title}: .* last [\\d.,]+ m`));
  }
  const map = page.getByRole('application', { name: /^Track of \d+ samples$/ });
  const [count = 0] = /\d+/.exec((await map.getAttribute('aria-label')) ?? '') ?? [];
  assert.ok(Number(count) >= countMin, `${count} samples on the map`);
  // Its scale is that of a town, not of the world.
  assert.match((await map.textContent()) ?? '', /\d+ m|\b[1-5] km/);
}

test('the polling page knows the whole way, and shows a request that fails', options, async () => {
  const [lab, open] = await Promise.all([startLab('gps', { speed }), startBrowser()]);
  const { page, faults } = await open(lab.url('polling'), { colorScheme: 'dark' });
  await page.goto('/');
  await page.getByRole('heading', { level: 1, name: 'GPS REST Replayer' }).waitFor();
  assert.equal(await page.title(), 'GPS REST Replayer');
  const period = page.getByLabel('Data request period, in seconds');
  assert.equal(await period.inputValue(), '5');
  await period.fill('61');
  await page.getByText('a whole number from 1 to 60').waitFor();
  await period.fill('1');
  await expectTrue(await untilRows(page, 4));
  await expectDrawn(page, 4);
  await expectAccessible(page);
  assert.deepEqual(faults, []);

  await lab.kill();
  const failed = page.getByRole('status').filter({ hasText: /^The request of .* UTC failed/ });
  await failed.waitFor();
  const { length } = await rowsOf(page);
  const first = await failed.textContent();
  assert.match(first ?? '', /The request of \d\d:\d\d:\d\d UTC failed/);
  const again = async () => ((await failed.textContent()) === first ? undefined : true);
  assert.ok(await until(again, waitMsMax), 'it does not ask again');
  assert.equal((await rowsOf(page)).length, length);
});

test('the push page shows every sample, also those before it came', options, async () => {
  const [lab, open] = await Promise.all([startLab('gps', { speed }), startBrowser()]);
  const ask = lab.ask('api');
  const seen = await until(async () => {
    const { status: code, body } = await ask('GET /gps_state');
    return code === 200 ? (body as GpsObject) : undefined;
  }, waitMsMax);
  const { page, faults } = await open(lab.url('push'));
  await page.goto('/');
  const rows = await untilRows(page, 40);
  assert.equal(await page.title(), 'GPS Reactive Replayer');
  await expectTrue(rows);
  assert.ok((rows.at(-1)?.timestamp ?? 0) <= (seen?.timestamp ?? 0));
  const { placeOf } = oracleOf(await sampleRows(), speed, rows.at(-1) ?? assert.fail());
  // Every second of the trip, and none twice.
  const first = placeOf(rows.at(-1) ?? assert.fail());
  assert.deepEqual(
    rows.toReversed().map(placeOf),
    rows.map((_, i) => first + i),
  );
  await expectDrawn(page, 40);
  await expectAccessible(page);
  assert.deepEqual(faults, []);

  await lab.kill();
  await page.getByText('The stream is interrupted; connecting again.').waitFor();
});

test('the documentation is shown, by what the lab itself serves', options, async () => {
  const [lab, open] = await Promise.all([startLab('gps', { speed }), startBrowser()]);
  const { page, faults } = await open(lab.url('api'));
  await page.goto('/docs');
  await page.locator('.opblock').nth(3).waitFor({ timeout: waitMsMax });
  assert.equal(await page.locator('.opblock').count(), 4);
  assert.deepEqual(faults, []);
});
