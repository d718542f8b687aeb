import { existsSync } from 'node:fs';
import { after } from 'node:test';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import { openOnce } from '../../src/testing/shared.ts';

/** The first is the same browser without the parts that draw windows, and takes half the time. */
const binary = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => existsSync(path));

/** Why tests with a browser are skipped; `false` when there is one. */
export const browserIsMissing: string | false =
  binary === undefined && 'no Chromium is installed: apt-get install chromium-headless-shell';

export type Visit = {
  page: Page;
  context: BrowserContext;
  /** What the browser has complained of, besides answers that were refused. */
  faults: readonly string[];
};

/** On a machine that has much else to do. */
const waitMsMax = 20_000;

/** A refusal that the page shows is no fault of the page, but the browser writes it down. */
const refusedAnswer = /^Failed to load resource: the server responded with a status of 4/;

/**
 * For tests: a browser without a window, one for all files of a process; each visit is a reader with
 * cookies of their own, who leaves when the test is over.
 */
export async function startBrowser() {
  const browser = await openOnce('browser', launch);

  return async (origin: string, options: BrowserContextOptions = {}): Promise<Visit> => {
    const context = await browser.newContext({ baseURL: origin, locale: 'en-GB', ...options });
    after(() => context.close());
    context.setDefaultTimeout(waitMsMax);
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.stack ?? error.message));
    page.on('console', (message) => {
      const isFault = message.type() === 'error' || message.type() === 'warning';
      if (isFault && !refusedAnswer.test(message.text())) faults.push(message.text());
    });
    return { page, context, faults };
  };
}

async function launch(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: binary ?? 'chromium',
    args: ['--no-sandbox', '--disable-background-networking', '--disable-gpu'],
  });
  after(() => browser.close());
  return browser;
}
