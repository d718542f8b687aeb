import { describe } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { client, type Ask } from '../../src/testing/http.ts';
import { adminPassword, startAll, type Settings } from '../../src/testing/process.ts';
import { logInAsStaff, password, someone } from '../../src/testing/shop.ts';
import { browserIsMissing, startBrowser, type Visit } from './browser.ts';

export type Console = {
  origin: string;
  metricsUrl: string;
  /** For what no reader can do. */
  databaseUrl: string;
  /** Asks the API beside the browser. */
  ask: Ask;
  /** An access token of staff. */
  staff: string;
  /** A reader who has just opened the browser. */
  visit: (options?: BrowserContextOptions) => Promise<Visit>;
  /** A new customer who is signed in, on the page at this path. */
  visitAsCustomer: (path: string, options?: BrowserContextOptions) => Promise<Visit & Account>;
  visitAsStaff: (path: string, options?: BrowserContextOptions) => Promise<Visit>;
};

type Account = { username: string; token: string };

/** All readers of a test come from one address. */
const generous = { logInPerMinuteMax: 100_000, addressPerMinuteMax: 100_000 };

/** Examples on a console of their own, or skipped by name where no browser is installed. */
export async function inConsole(
  name: string,
  examples: (console: Console) => void,
  settings: Settings = {},
): Promise<void> {
  await describe(name, { skip: browserIsMissing, concurrency: 2 }, async () => {
    if (!browserIsMissing) examples(await openConsole(settings));
  });
}

/** A Bazar of its own, and a browser in front of it. */
export async function openConsole(settings: Settings = {}): Promise<Console> {
  const [bazar, open] = await Promise.all([startAll({ ...generous, ...settings }), startBrowser()]);
  const [origin = ''] = bazar.gateways;
  const ask = client([origin]);
  const staff = await logInAsStaff(ask);
  const visit = (options?: BrowserContextOptions) => open(origin, options);

  async function visitAs(login: string, secret: string, to: { path: string; options?: object }) {
    const visited = await visit(to.options);
    await visited.page.goto(to.path);
    await signInOn(visited.page, login, secret);
    return visited;
  }

  return {
    origin,
    metricsUrl: `${bazar.processes['all']?.addresses.metrics}/metrics`,
    databaseUrl: bazar.databaseUrl,
    ask,
    staff,
    visit,
    async visitAsCustomer(path, options) {
      const { user, accessToken } = await someone(ask);
      const { username } = user;
      const visited = await visitAs(username, password, { path, ...(options && { options }) });
      return { ...visited, username, token: accessToken };
    },
    visitAsStaff: (path, options) =>
      visitAs('admin', adminPassword, { path, ...(options && { options }) }),
  };
}

/** Signs in, from whichever page, and comes back to it. */
export async function signInOn(page: Page, login: string, secret: string): Promise<void> {
  const back = new URL(page.url()).pathname;
  const form = page.getByRole('heading', { level: 1, name: 'Sign in' });
  const offer = page.getByRole('link', { name: 'Sign in' }).first();
  await form.or(offer).first().waitFor();
  if (!(await form.isVisible())) await page.goto(`/sign-in?next=${encodeURIComponent(back)}`);
  await page.getByLabel('Username or e-mail address').fill(login);
  await page.getByLabel('Password', { exact: true }).fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: `Account of ${login}` }).waitFor();
}
