import { describe } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { client, expectStatus, type Ask } from '../../src/testing/http.ts';
import { adminPassword, startAll, type Settings } from '../../src/testing/process.ts';
import { openOnce } from '../../src/testing/shared.ts';
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
  visitAs: (who: Identity, path: string, options?: BrowserContextOptions) => Promise<Visit>;
  /** A new customer who is signed in, on the page at this path. */
  visitAsCustomer: (path: string, options?: BrowserContextOptions) => Promise<Visit & Account>;
  visitAsStaff: (path: string, options?: BrowserContextOptions) => Promise<Visit>;
};

type Identity = { login: string; secret: string };
type Account = { username: string; token: string };

/** All readers of a test come from one address. */
const generous = { logInPerMinuteMax: 100_000, addressPerMinuteMax: 100_000 };

/**
 * Examples on a console that they share with those of other files, or with settings on one of their
 * own; skipped by name where no browser is installed.
 */
export async function inConsole(
  name: string,
  examples: (console: Console) => void,
  settings?: Settings,
): Promise<void> {
  const open = () => (settings ? openConsole(settings) : openOnce('console', openConsole));
  await describe(name, { skip: browserIsMissing, concurrency: 2 }, async () => {
    if (!browserIsMissing) examples(await open());
  });
}

/** A Bazar of its own, and a browser in front of it. */
export async function openConsole(settings: Settings = {}): Promise<Console> {
  const [bazar, open] = await Promise.all([startAll({ ...generous, ...settings }), startBrowser()]);
  const [origin = ''] = bazar.gateways;
  const ask = client([origin]);
  const staff = await logInAsStaff(ask);
  const visit = (options?: BrowserContextOptions) => open(origin, options);

  /** With the cookie of a session, as who comes back has it: what the form does has its own tests. */
  async function visitAs({ login, secret }: Identity, path: string, options = {}) {
    const [visited, cookie] = await Promise.all([visit(options), cookieOf(ask, { login, secret })]);
    await visited.context.addCookies([{ ...cookie, domain: new URL(origin).hostname }]);
    await visited.page.goto(path);
    await visited.page.getByRole('link', { name: `Account of ${login}` }).waitFor();
    return visited;
  }

  return {
    origin,
    metricsUrl: `${bazar.processes['all']?.addresses.metrics}/metrics`,
    databaseUrl: bazar.databaseUrl,
    ask,
    staff,
    visit,
    visitAs,
    async visitAsCustomer(path, options) {
      const { user, accessToken: token } = await someone(ask);
      const { username } = user;
      const visited = await visitAs({ login: username, secret: password }, path, options);
      return { ...visited, username, token };
    },
    visitAsStaff: (path, options) =>
      visitAs({ login: 'admin', secret: adminPassword }, path, options),
  };
}

/** A session, in the form that a browser keeps it in. */
async function cookieOf(ask: Ask, { login, secret }: Identity) {
  const body = { login, password: secret, stay: false };
  const { headers } = expectStatus(await ask('POST /v1/browser-session', { body }), 201);
  const [pair = ''] = (headers['set-cookie'] ?? '').split(';');
  const [name = '', value = ''] = pair.split('=');
  const path = '/v1/browser-session';
  return { name, value, path, httpOnly: true, sameSite: 'Strict' } as const;
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
