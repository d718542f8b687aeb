import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { until } from '../../src/postgres/wait.ts';
import { expectStatus } from '../../src/testing/http.ts';
import { distanceMeters } from '../../src/tracking/geo.ts';
import { expectAccessible, expectAccessibleInBoth } from '../testing/accessible.ts';
import { inConsole } from '../testing/console.ts';
import type { Fix } from './fleet.ts';
import { lengthText, speedText } from './motion.ts';
import {
  east,
  fixAt,
  hireCourier,
  isDrawn,
  pixelOf,
  untilCentered,
  untilDrawn,
} from '../testing/map.ts';
import { sliderAt } from './window-scale.ts';

const staleSeconds = 20;
const waitMsMax = 10_000;
const kmh = (speed: number) => ({ speedMetersPerSecond: speed / 3.6 });

/** Two minutes of a way to the east, faster and faster, which have ended a while ago. */
const trip = (): Fix[] =>
  Array.from({ length: 120 }, (_, i) =>
    fixAt(135 - i, { longitude: 13.4 + i * 1e-4, elevation: 30 + i / 10, ...kmh(10 + i / 4) }),
  );

/** What stands beside a word of the panel. */
const fact = (page: Page, name: string) =>
  page
    .locator('dt', { hasText: new RegExp(`^${name}$`) })
    .locator('xpath=following-sibling::dd[1]');

/** The file that a button saves. */
async function saved(page: Page, button: string): Promise<{ name: string; text: string }> {
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  const file = await coming;
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') };
}

const settings = { staleSeconds, callerPerMinuteMax: 100_000 };

await inConsole(
  'the map in a browser',
  (bazar) => {
    const { ask } = bazar;

    test('a vehicle that reports moves, and the map follows it until it is dragged', async () => {
      const courier = await hireCourier(bazar);
      const id = await courier.addVehicle('Van of the north');
      const before = fixAt(3, { ...kmh(12), bearing: 90, elevation: 34, accuracy: 4 });
      await courier.report(id, [before]);
      const { page, faults } = await courier.open('/map');
      const row = page.getByRole('link', { name: /Van of the north/ });
      await row.getByText('moving 12 km/h').waitFor();
      await page.getByText('Live', { exact: true }).waitFor();

      await row.click();
      await page.getByRole('heading', { level: 2, name: 'Van of the north' }).waitFor();
      assert.ok(await untilCentered(page, before));
      assert.ok(await untilDrawn(page, before));
      await page.getByText('90°, east').waitFor();
      const after = fixAt(1, { ...east(before, 200), ...kmh(47) });
      await courier.report(id, [after]);
      await page.getByText('moving 47 km/h').waitFor();
      assert.ok(await untilDrawn(page, after));
      assert.ok(!(await isDrawn(page, before)));

      const follow = page.getByRole('button', { name: 'Follow' });
      await follow.click();
      assert.ok(await untilCentered(page, after));
      const further = fixAt(0, { ...east(before, 500), ...kmh(50) });
      await courier.report(id, [further]);
      assert.ok(await untilCentered(page, further));
      const middle = await pixelOf(page, further);
      await page.mouse.move(middle.x, middle.y);
      await page.mouse.down();
      await page.mouse.move(middle.x - 150, middle.y, { steps: 5 });
      await page.mouse.up();
      await page.getByRole('button', { name: 'Follow', pressed: false }).waitFor();
      assert.deepEqual(faults, []);
    });

    test('a vehicle is chosen in the list, or on the map', async () => {
      const courier = await hireCourier(bazar);
      const [here, there] = [fixAt(2), fixAt(2, east(fixAt(2), 3_000))];
      const ids = await Promise.all(['Anna', 'Bertha'].map(courier.addVehicle));
      const [anna = '', bertha = ''] = ids;
      await Promise.all([courier.report(anna, [here]), courier.report(bertha, [there])]);
      const { page, faults } = await courier.open('/map');
      await page.getByLabel('Find a vehicle').fill('bert');
      await page.getByText('1 of 2 vehicles').waitFor();
      assert.equal(await page.getByRole('link', { name: /Anna/ }).count(), 0);
      await page.getByRole('link', { name: /Bertha/ }).click();
      await page.waitForURL(`/map/${bertha}`);
      assert.ok(await untilCentered(page, there));

      await page.getByRole('button', { name: 'Fit all' }).click();
      assert.ok(await untilDrawn(page, here));
      const { x, y } = await pixelOf(page, here);
      await page.mouse.click(x, y);
      await page.waitForURL(`/map/${anna}`);
      await page.getByRole('heading', { level: 2, name: 'Anna' }).waitFor();
      await page.getByRole('link', { name: 'All vehicles' }).click();
      await page.getByRole('link', { name: /Bertha/ }).waitFor();
      assert.deepEqual(faults, []);
    });

    test('a route is shown, and each of its moments as the API tells it', async () => {
      const courier = await hireCourier(bazar);
      const id = await courier.addVehicle('Anna');
      await courier.report(id, trip());
      const { page, faults } = await courier.open(`/map/${id}`);
      await page.getByRole('button', { name: 'Show the route' }).click();
      const answer = await ask(`GET /v1/vehicles/${id}/route?limit=1000`, courier);
      const { items } = expectStatus(answer, 200).body as { items: Fix[] };
      const meters = items
        .slice(1, 61)
        .reduce((sum, fix, i) => sum + distanceMeters(items[i] ?? fix, fix), 0);
      const moment = items[60] ?? assert.fail('too short a route');
      const seconds = Date.parse(moment.timestamp) / 1_000;
      await page.getByLabel('Moment').fill(String(seconds));
      const shown = page.locator('dl', { has: page.locator('dt', { hasText: 'Distance' }) });
      const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' }).format(seconds * 1e3);
      const speed = speedText(moment.speedMetersPerSecond ?? 0);
      const told = `Time${time}Speed${speed}Distance${lengthText(meters)}`;
      assert.equal(await shown.textContent(), told);
      await page.getByRole('img', { name: /^Cumulative distance: / }).waitFor();

      await page.getByLabel('How fast').selectOption('60×');
      await page.getByRole('button', { name: 'Play' }).click();
      const goesOn = async () => (await shown.textContent()) !== told || undefined;
      assert.ok(await until(goesOn, waitMsMax));
      // At its end it stops by itself.
      await page.getByRole('button', { name: 'Play' }).waitFor();

      const gpx = await saved(page, 'GPX');
      assert.equal(gpx.name, `${id}.gpx`);
      assert.match(gpx.text, /^<\?xml[^]*<gpx/);
      const geoJson = await saved(page, 'GeoJSON');
      assert.equal(geoJson.name, `${id}.geojson`);
      assert.match(geoJson.text, /^\{"type":"Feature/);
      assert.deepEqual(faults, []);
    });

    test('an average is what the API says, at once and as a task', async () => {
      const courier = await hireCourier(bazar);
      const id = await courier.addVehicle('Anna');
      await courier.report(id, trip());
      const { page, faults } = await courier.open(`/map/${id}`);
      const part = page.getByRole('region', { name: 'Average speed' });
      const average = async (windowSeconds: number, to: string) => {
        const query = `windowSeconds=${windowSeconds}&until=${to}`;
        const answer = await ask(`GET /v1/vehicles/${id}/average-speed?${query}`, courier);
        const { averageSpeedMetersPerSecond: speed } = expectStatus(answer, 200).body as {
          averageSpeedMetersPerSecond: number;
        };
        return speedText(speed);
      };
      const slide = (seconds: number) => part.getByRole('slider').fill(String(sliderAt(seconds)));

      const coming = page.waitForResponse(/average-speed\?windowSeconds=60$/);
      await slide(60);
      const { until: to } = (await (await coming).json()) as { until: string };
      await part.getByText('Window: 1 min').waitFor();
      await part.getByText(await average(60, to), { exact: true }).waitFor();

      const made = page.waitForResponse(/average-speed-tasks\?/);
      await part.getByRole('button', { name: 'Work out as a task' }).click();
      const task = (await (await made).json()) as { until: string };
      await part.getByText('done', { exact: true }).waitFor();
      const result = part.getByText(await average(60, task.until), { exact: true });
      await result.last().waitFor();

      await part.getByRole('button', { name: 'Observe the next 1 min' }).click();
      await part.getByText('running', { exact: true }).waitFor();
      await part.getByRole('button', { name: 'Cancel' }).click();
      await part.getByText('cancelled', { exact: true }).waitFor();

      await slide(1);
      await part.getByText('It told no speed in the last 1 s').waitFor();
      assert.deepEqual(faults, []);
    });

    test('a vehicle that says nothing any more is called stale', async () => {
      const courier = await hireCourier(bazar);
      const id = await courier.addVehicle('Anna');
      await courier.report(id, [fixAt(staleSeconds - 4, kmh(30))]);
      const { page, faults } = await courier.open('/map');
      const row = page.getByRole('link', { name: /Anna/ });
      await row.getByText('moving 30 km/h').waitFor();
      await row.getByText('stale', { exact: true }).waitFor();
      await row.click();
      await page.getByText(`stale: older than ${staleSeconds} s`).waitFor();
      assert.match((await fact(page, 'Seen').textContent()) ?? '', /^2\d s ago/);
      assert.deepEqual(faults, []);
    });

    test('a courier sees only vehicles of their own, or how to have one', async () => {
      const [courier, other] = await Promise.all([hireCourier(bazar), hireCourier(bazar)]);
      const id = await other.addVehicle('Anna');
      await other.report(id, [fixAt(1)]);
      const { page, faults } = await courier.open('/map');
      await page.getByRole('heading', { name: 'No vehicle has been seen yet' }).waitFor();
      await page.getByText(`${bazar.origin}/v1/vehicles/van-1/fixes`).waitFor();
      await expectAccessible(page);
      await page.goto(`/map/${id}`);
      await page.getByRole('heading', { name: 'There is no such vehicle' }).waitFor();
      assert.deepEqual(faults, []);
    });

    test('pictures come from where the settings say, and outlines stay without them', async () => {
      const courier = await hireCourier(bazar);
      const id = await courier.addVehicle('Anna');
      const here = fixAt(1);
      await courier.report(id, [here]);
      const { page, faults } = await courier.open('/map');
      const about = expectStatus(await ask('GET /v1/about'), 200).body as object;
      const url = `${bazar.origin}/tiles/{z}/{x}/{y}.png`;
      const mapTiles = { url, attribution: 'Painters of the town' };
      await page.route('**/v1/about', (route) => route.fulfill({ json: { ...about, mapTiles } }));
      const asked = page.waitForRequest(/\/tiles\/\d+\/\d+\/\d+\.png$/);
      await page.reload();
      await page.getByText('Painters of the town').waitFor();
      assert.equal((await (await asked).response())?.status(), 404);
      assert.ok(await untilDrawn(page, here, 'ground'));
      assert.deepEqual(faults, []);
    });

    test('the map can be used by everybody, in light and dark, and on a phone', async () => {
      const courier = await hireCourier(bazar);
      const id = await courier.addVehicle('A van with a name that takes more than one line of it');
      await courier.report(id, trip());
      const viewport = { width: 360, height: 740 };
      const { page, faults } = await courier.open('/map', { viewport });
      await page.getByRole('link', { name: /A van/ }).waitFor();
      await expectAccessibleInBoth(page);
      await page.getByRole('link', { name: /A van/ }).click();
      await page.getByRole('button', { name: 'Show the route' }).click();
      await page.getByLabel('Moment').waitFor();
      await page.getByRole('button', { name: 'Observe the next' }).click();
      await page.getByText('running', { exact: true }).waitFor();
      await expectAccessibleInBoth(page);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.equal(width, viewport.width);
      assert.deepEqual(faults, []);
    });
  },
  settings,
);
