import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../postgres/wait.ts';
import { sampleRows } from '../replay/demo.ts';
import { servedColumns } from '../replay/sample.ts';
import { browserIsMissing, startBrowser, type Page } from './testing-browser.ts';
import type { GpsObject } from './gps-object.ts';
import { oracleOf } from './testing-gps.ts';
import { startLab } from './testing-lab.ts';

const speed = 20;
const waitMsMax = 20_000;
const options = { skip: browserIsMissing };
const charts = ['distance', 'speed', 'elevation'];

const cells = `[...document.querySelectorAll('tbody tr')].map((row) =>
  [...row.cells].map((cell) => cell.textContent))`;
const status = `document.querySelector('#status')`;
/** What the page says to a new period. */
const setPeriod = (seconds: string) =>
  `(() => { const period = document.querySelector('#period'); period.value = '${seconds}';
    period.dispatchEvent(new Event('change')); return ${status}.textContent; })()`;

type Row = GpsObject & { total: number };

/** What the table shows, the newest first. */
async function rowsOf(page: Page): Promise<Row[]> {
  const rows = await page.read<string[][]>(cells);
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
  return (await until(enough, waitMsMax)) ?? assert.fail(page.faults.join());
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

async function expectDrawn(page: Page, pointsMin: number): Promise<void> {
  for (const id of ['map', ...charts]) {
    const drawn = `document.querySelector('#${id} polyline')?.points.length`;
    // oxlint-disable-next-line no-await-in-loop -- one picture after the other
    assert.ok((await page.read<number>(drawn)) >= pointsMin, id);
  }
  assert.match(await page.read(`document.querySelector('#map').textContent`), /\d m/);
}

test('the polling page knows the whole way, and shows a request that fails', options, async () => {
  const [lab, open] = await Promise.all([startLab('gps', { speed }), startBrowser()]);
  const page = await open(`${lab.url('polling')}/`);
  const isReady = `document.querySelector('th') !== null || undefined`;
  assert.ok(await until(() => page.read(isReady), waitMsMax));
  assert.equal(await page.read(`document.title`), 'GPS REST Replayer');
  assert.equal(await page.read(`document.querySelector('#period').value`), '5');
  assert.match(await page.read(setPeriod('61')), /from 1 to 60/);
  await page.read(setPeriod('1'));
  await expectTrue(await untilRows(page, 4));
  await expectDrawn(page, 4);
  assert.deepEqual(page.faults, []);

  await lab.kill();
  const failed = () => page.read<string>(`${status}.className`).then((name) => name || undefined);
  assert.equal(await until(failed, waitMsMax), 'failed');
  const { length } = await rowsOf(page);
  assert.match(
    await page.read(`${status}.textContent`),
    /The request of \d\d:\d\d:\d\d UTC failed/,
  );
  await page.read(`${status}.className = ''`);
  assert.equal(await until(failed, waitMsMax), 'failed');
  assert.equal((await rowsOf(page)).length, length);
});

test('the push page shows every sample, also those before it came', options, async () => {
  const [lab, open] = await Promise.all([startLab('gps', { speed }), startBrowser()]);
  const ask = lab.ask('api');
  const seen = await until(async () => {
    const { status: code, body } = await ask('GET /gps_state');
    return code === 200 ? (body as GpsObject) : undefined;
  }, waitMsMax);
  const page = await open(`${lab.url('push')}/`);
  const rows = await untilRows(page, 40);
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
  assert.deepEqual(page.faults, []);
});

test('the documentation is shown, by what the lab itself serves', options, async () => {
  const [lab, open] = await Promise.all([startLab('gps', { speed }), startBrowser()]);
  const page = await open(`${lab.url('api')}/docs`);
  const shown = `document.querySelectorAll('.opblock').length === 4 || undefined`;
  assert.ok(await until(() => page.read(shown), waitMsMax), page.faults.join());
  assert.deepEqual(page.faults, []);
});
