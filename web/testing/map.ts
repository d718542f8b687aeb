import { randomUUID } from 'node:crypto';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { expectStatus, type Ask } from '../../src/testing/http.ts';
import { password, someone } from '../../src/testing/shop.ts';
import { distanceMeters, type Place } from '../../src/tracking/geo.ts';
import { until } from '../../src/postgres/wait.ts';
import type { Console } from './console.ts';
import type { Fix } from '../map/fleet.ts';
import { spotOf } from '../map/geo.ts';

const waitMsMax = 10_000;

/** For tests: where something was so many seconds ago. */
export const fixAt = (secondsAgo: number, more: Partial<Fix> = {}): Fix => ({
  timestamp: new Date(Date.now() - secondsAgo * 1_000).toISOString(),
  latitude: 52.5,
  longitude: 13.4,
  ...more,
});

/** For tests: so many metres to the east, as far as a map shows it. */
export const east = (place: Place, meters: number): Place => ({
  latitude: place.latitude,
  longitude: place.longitude + meters / (111_195 * Math.cos((place.latitude * Math.PI) / 180)),
});

/** For tests: somebody who drives, and sees nothing but vehicles of their own. */
export async function hireCourier({ ask, staff, visitAs }: Console) {
  const { user, accessToken: token } = await someone(ask, { role: 'courier', staff });
  return {
    token,
    addVehicle: async (name: string): Promise<string> => {
      const id = `v-${randomUUID()}`;
      const body = { name, ownerId: user.id };
      expectStatus(await ask(`PUT /v1/vehicles/${id}`, { token: staff, body }), 200);
      return id;
    },
    report: (id: string, fixes: readonly Fix[]) => report(ask, token, { id, fixes }),
    open: (path: string, options: BrowserContextOptions = {}) =>
      visitAs({ login: user.username, secret: password }, path, {
        reducedMotion: 'reduce',
        ...options,
      }),
  };
}

type Report = { id: string; fixes: readonly Fix[] };

export async function report(ask: Ask, token: string, { id, fixes }: Report): Promise<void> {
  expectStatus(await ask(`POST /v1/vehicles/${id}/fixes`, { token, body: { fixes } }), 200);
}

/** For tests: the middle of the map, once it is there. */
export async function untilCentered(page: Page, place: Place): Promise<boolean> {
  const found = await until(async () => {
    const { center } = await shownBy(page);
    return distanceMeters(center, place) < 5 || undefined;
  }, waitMsMax);
  return found ?? false;
}

/** For tests: where a place is on the map, in pixels of the page. */
export async function pixelOf(page: Page, place: Place): Promise<{ x: number; y: number }> {
  const { center, zoom, box } = await shownBy(page);
  const worldPixels = 256 * 2 ** zoom;
  const [to, middle] = [spotOf(place), spotOf(center)];
  return {
    x: box.x + box.width / 2 + (to.x - middle.x) * worldPixels,
    y: box.y + box.height / 2 + (to.y - middle.y) * worldPixels,
  };
}

async function shownBy(page: Page) {
  const host = page.getByRole('application');
  const [center = '0,0', zoom, box] = await Promise.all([
    host.getAttribute('data-center').then((text) => text ?? undefined),
    host.getAttribute('data-zoom'),
    host.boundingBox(),
  ]);
  const [latitude = 0, longitude = 0] = center.split(',').map(Number);
  return {
    center: { latitude, longitude },
    zoom: Number(zoom),
    box: box ?? { x: 0, y: 0, width: 0, height: 0 },
  };
}

/** For tests: whether something is drawn at a place; vehicles have a canvas for themselves. */
export async function isDrawn(page: Page, place: Place, pane = 'vehicles'): Promise<boolean> {
  const at = await pixelOf(page, place);
  return page
    .locator(`.leaflet-${pane}-pane canvas`)
    .first()
    .evaluate((element, { x, y }) => {
      const canvas = element as HTMLCanvasElement;
      const { left, top } = canvas.getBoundingClientRect();
      // Read from a copy, because a canvas that is read is drawn more slowly ever after.
      const copy = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
      copy?.drawImage(canvas, Math.round(x - left), Math.round(y - top), 1, 1, 0, 0, 1, 1);
      const [, , , alpha = 0] = copy?.getImageData(0, 0, 1, 1).data ?? [];
      return alpha > 128;
    }, at);
}

export async function untilDrawn(page: Page, place: Place, pane?: string): Promise<boolean> {
  const drawn = async () => (await isDrawn(page, place, pane)) || undefined;
  return (await until(drawn, waitMsMax)) ?? false;
}
