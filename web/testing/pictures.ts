// Takes pictures of every page, or of those so named, or the four that the README shows:
// node web/testing/pictures.ts [directory] [--only=account,people] [--readme]
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseArgs } from 'node:util';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { adminPassword } from '../../src/testing/process.ts';
import { password } from '../../src/testing/shop.ts';
import { globalSetup, globalTeardown } from '../../src/testing/setup.ts';
import { until } from '../../src/postgres/wait.ts';
import { openConsole, signInOn, type Console } from './console.ts';
import { fillShop, keepShopping } from './full-shop.ts';

type Shop = Awaited<ReturnType<typeof fillShop>>;
type Who = 'nobody' | 'customer' | 'staff';
type Picture = {
  name: string;
  who: Who;
  path: string;
  /** What a reader does before the picture is taken. */
  first?: (page: Page) => Promise<unknown>;
  /** As much of it as fits into this height. */
  tallest?: number;
};
type Look = BrowserContextOptions & { name: string };

/** Of a page that goes on for ever its beginning is enough. */
const heightMax = 1_600;
const settleMsMax = 8_000;
const wide = { width: 1_280, height: 800 };
const narrow = { width: 360, height: 740 };
const looks: readonly Look[] = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [wide, narrow].map((viewport) => ({
    name: `${colorScheme}-${viewport.width}`,
    colorScheme,
    viewport,
    reducedMotion: 'reduce' as const,
  })),
);

/** Every page, with what it shows when there is much and when there is nothing. */
function picturesOf({ products, orders }: Shop): Picture[] {
  const [order] = orders;
  const product = `/products/${products[0]}`;
  return [
    { name: 'shop', who: 'nobody', path: '/' },
    { name: 'shop-nothing-found', who: 'nobody', path: '/?q=unobtainium' },
    { name: 'product', who: 'nobody', path: product },
    { name: 'basket-empty', who: 'nobody', path: '/basket' },
    { name: 'basket', who: 'customer', path: '/', first: fillBasket },
    { name: 'orders', who: 'customer', path: '/orders' },
    { name: 'order', who: 'customer', path: `/orders/${order?.id}` },
    { name: 'sign-in', who: 'nobody', path: '/sign-in' },
    { name: 'register', who: 'nobody', path: '/register' },
    { name: 'account', who: 'customer', path: '/account' },
    { name: 'not-found', who: 'nobody', path: '/', first: goNowhere },
    { name: 'not-for-you', who: 'customer', path: '/system' },
    { name: 'people', who: 'staff', path: '/staff/people' },
    { name: 'staff-orders', who: 'staff', path: '/staff/orders' },
    { name: 'staff-order', who: 'staff', path: `/staff/orders/${order?.id}` },
    { name: 'stock', who: 'staff', path: '/staff/stock' },
    { name: 'stock-item', who: 'staff', path: `/staff/stock/${products[0]}` },
    { name: 'map', who: 'staff', path: '/map' },
    { name: 'vehicle', who: 'staff', path: '/map/van-2', first: showRoute },
    { name: 'system', who: 'staff', path: '/system' },
  ];
}

/** The four that the README shows, those first that are out of date first. */
const readme: readonly Picture[] = [
  { name: 'map', who: 'staff', path: '/map/van-2', first: showRoute },
  { name: 'shop', who: 'nobody', path: '/' },
  { name: 'stock', who: 'staff', path: '/staff/stock' },
  { name: 'system', who: 'staff', path: '/system' },
];

async function showRoute(page: Page): Promise<void> {
  await page.getByLabel('Period').selectOption('3600');
  await page.getByRole('button', { name: 'Show the route' }).click();
}

async function fillBasket(page: Page): Promise<void> {
  const add = page.getByRole('button', { name: /basket/i });
  await add.first().click();
  await add.nth(2).click();
  await page.getByRole('link', { name: /^Basket/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Basket' }).waitFor();
}

/** Bazar itself answers a wrong address; the page does so only for those that it goes to. */
async function goNowhere(page: Page): Promise<void> {
  await page.evaluate(() => {
    history.pushState(null, '', '/nothing');
    dispatchEvent(new PopStateEvent('popstate'));
  });
  await page.getByText('Nothing is at this address').waitFor();
}

async function openAs(console: Console, who: Who, look: BrowserContextOptions): Promise<Page> {
  const { page } = await console.visit(look);
  if (who === 'nobody') return page;
  await page.goto('/account');
  if (who === 'staff') await signInOn(page, 'admin', adminPassword);
  else await signInOn(page, 'amara.osei', password);
  return page;
}

/** A page has settled when nothing waits on it, and it looks the same twice. */
async function settle(page: Page): Promise<Buffer> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByText('Loading…').first().waitFor({ state: 'detached' });
  let last: Buffer | undefined;
  const still = await until(async () => {
    const next = await page.screenshot({ clip: await clipOf(page, heightMax), fullPage: true });
    const isSame = last?.equals(next);
    last = next;
    return isSame ? next : undefined;
  }, settleMsMax);
  // What lives never looks the same twice.
  return still ?? last ?? Buffer.alloc(0);
}

async function clipOf(page: Page, tallest: number) {
  const { width, height } = await page.evaluate(() => ({
    width: innerWidth,
    height: Math.max(innerHeight, document.documentElement.scrollHeight),
  }));
  return { x: 0, y: 0, width, height: Math.min(height, tallest) };
}

async function take(page: Page, picture: Picture, file: string): Promise<void> {
  await page.goto(picture.path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await picture.first?.(page);
  await settle(page);
  await page.screenshot({
    path: file,
    clip: await clipOf(page, picture.tallest ?? heightMax),
    fullPage: true,
  });
  const { size } = await stat(file);
  process.stdout.write(`${file} ${Math.ceil(size / 1_024)} KiB\n`);
}

/** One reader after the other goes through all of their pages. */
async function takeAll(console: Console, pictures: readonly Picture[], directory: string) {
  const readers = [...new Set(pictures.map(({ who }) => who))];
  const tours = looks.flatMap((look) => readers.map((who) => ({ look, who })));
  for (const { look, who } of tours) {
    // oxlint-disable-next-line no-await-in-loop -- the machine has other things to do
    const page = await openAs(console, who, look);
    for (const picture of pictures.filter((one) => one.who === who)) {
      const file = join(directory, `${picture.name}-${look.name}.png`);
      // oxlint-disable-next-line no-await-in-loop -- on one page
      await take(page, picture, file);
    }
    // oxlint-disable-next-line no-await-in-loop -- the same
    await page.context().close();
  }
}

async function takeForReadme(console: Console, { people }: Shop): Promise<void> {
  const directory = join(import.meta.dirname, '..', '..', 'docs', 'pictures');
  await mkdir(directory, { recursive: true });
  const tokens = [people[0]?.token ?? '', people[5]?.token ?? ''];
  for (const picture of readme) {
    // oxlint-disable-next-line no-await-in-loop -- what the last one shows must happen first
    if (picture.name === 'system') await keepShopping(console.ask, tokens);
    // oxlint-disable-next-line no-await-in-loop -- one reader
    const page = await openAs(console, picture.who, { viewport: wide, colorScheme: 'light' });
    // oxlint-disable-next-line no-await-in-loop -- the same
    await take(page, { ...picture, tallest: wide.height }, join(directory, `${picture.name}.png`));
  }
}

const { values, positionals } = parseArgs({
  options: { readme: { type: 'boolean', default: false }, only: { type: 'string' } },
  allowPositionals: true,
});
const [directory = 'pictures'] = positionals;

await globalSetup();
await test('pictures', async () => {
  const console = await openConsole({ demoVan: true });
  const shop = await fillShop(console);
  if (values.readme) return takeForReadme(console, shop);
  await mkdir(directory, { recursive: true });
  const only = values.only?.split(',');
  const pictures = picturesOf(shop).filter(({ name }) => only?.includes(name) ?? true);
  return takeAll(console, pictures, directory);
});
await globalTeardown();
