import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { adminPassword } from '../../src/testing/process.ts';
import { expectStatus } from '../../src/testing/http.ts';
import { password, register, type Page as Listed } from '../../src/testing/shop.ts';
import type { User } from '../../src/users/shapes.ts';
import { expectAccessibleInBoth } from '../testing/accessible.ts';
import { inConsole, signInOn } from '../testing/console.ts';

const cookieName = 'bazar_session';
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
const account = (page: Page, name: string) =>
  page.getByRole('link', { name: `Account of ${name}` });

/** All that a script in the page could read and keep. */
const readable = (page: Page) =>
  page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie]));

await inConsole('accounts in a browser', ({ visit, visitAsCustomer, ask, staff }) => {
  test('signs in with the form, stays signed in, and keeps nothing that a script can read', async () => {
    const { username } = await register(ask);
    const { page, context, faults } = await visit();
    await page.goto('/sign-in?next=%2Forders');
    await expectAccessibleInBoth(page);
    await page.getByLabel('Username or e-mail address').fill(username);
    await page.getByLabel('Password', { exact: true }).fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('Not signed in.').waitFor();

    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Show what is typed' }).click();
    assert.equal(await page.getByLabel('Password', { exact: true }).inputValue(), password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('/orders');
    await account(page, username).waitFor();

    assert.doesNotMatch(await readable(page), /bzr_|eyJ|session/i);
    const [cookie] = await context.cookies(`${new URL(page.url()).origin}/v1/browser-session`);
    assert.deepEqual(
      [cookie?.name, cookie?.httpOnly, cookie?.sameSite, (cookie?.expires ?? 0) > 0],
      [cookieName, true, 'Strict', true],
    );
    await page.reload();
    await account(page, username).waitFor();
    const later = await visit({ storageState: await context.storageState() });
    await later.page.goto('/sign-in?next=%2Faccount');
    await heading(later.page, 'Account').waitFor();
    assert.deepEqual([...faults, ...later.faults], []);
  });

  test('signs in for as long as the browser is open, if that is wanted', async () => {
    const { username } = await register(ask);
    const { page, context, faults } = await visit();
    await page.goto('/sign-in');
    await page.getByLabel('Stay signed in on this device').uncheck();
    await signInOn(page, username, password);
    const [cookie] = await context.cookies(`${new URL(page.url()).origin}/v1/browser-session`);
    assert.deepEqual([cookie?.name, cookie?.expires], [cookieName, -1]);
    assert.deepEqual(faults, []);
  });

  test('says how long to wait after too many tries', async () => {
    const { username } = await register(ask);
    const { page, faults } = await visit();
    const body = { login: username, password: 'wrong' };
    await Promise.all(Array.from({ length: 5 }, () => ask('POST /v1/sessions', { body })));
    await page.goto('/sign-in');
    await page.getByLabel('Username or e-mail address').fill(username);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page
      .getByRole('alert')
      .getByText(/Wait \d+ s, until /)
      .waitFor();
    assert.deepEqual(faults, []);
  });

  test('signs in with the printed link, of which nothing stays', async () => {
    const { page, faults } = await visit();
    await page.goto('/');
    await page.goto(`/sign-in#admin:${encodeURIComponent(adminPassword)}`);
    await account(page, 'admin').waitFor();
    await page.waitForURL('/');
    const history = await page.evaluate(() => [location.href, document.referrer].join(' '));
    assert.doesNotMatch(history, /password|admin/);
    await page.goBack();
    assert.equal(new URL(page.url()).hash, '');
    assert.deepEqual(faults, []);
  });

  test('signs out, in every tab', async () => {
    const { page, context, faults } = await visitAsCustomer('/account');
    const other = await context.newPage();
    await other.goto('/orders');
    await heading(other, 'My orders').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await heading(other, 'Sign in').waitFor();
    await page.waitForURL('/');
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    assert.deepEqual(faults, []);
  });

  test('renews an access token that is refused, once for all that ask', async () => {
    const { page, faults } = await visitAsCustomer('/account');
    await heading(page, 'Account').waitFor();
    let renewals = 0;
    await page.route('**/v1/**', async (route) => {
      const request = route.request();
      if (request.url().endsWith('/resume')) renewals += 1;
      if (renewals > 0 || !request.headers()['authorization']) return route.continue();
      const problem = { status: 401, code: 'unauthorized', detail: 'expired' };
      return route.fulfill({ status: 401, json: problem });
    });
    await page.getByRole('link', { name: 'My orders' }).click();
    await page.getByRole('heading', { name: 'You have not ordered anything yet' }).waitFor();
    assert.equal(renewals, 1);
    assert.deepEqual(faults, []);
  });

  test('waits for a Bazar that does not answer, and then goes on', async () => {
    const { page, context, faults } = await visitAsCustomer('/account');
    await context.route('**/v1/browser-session/resume', (route) => route.abort());
    await page.reload();
    await heading(page, 'Bazar does not answer').waitFor();
    assert.equal(await heading(page, 'Sign in').isVisible(), false);
    await expectAccessibleInBoth(page);
    const asked = page.waitForRequest('**/v1/browser-session/resume');
    await page.getByRole('button', { name: 'Try now' }).click();
    await asked;
    await context.unroute('**/v1/browser-session/resume');
    await heading(page, 'Account').waitFor();
    assert.deepEqual(
      faults.filter((fault) => !fault.includes('ERR_FAILED')),
      [],
    );
  });

  test('shows the sign-in page when staff has ended the session, and keeps the basket', async () => {
    const { page, username, faults } = await visitAsCustomer('/');
    await page.getByRole('button', { name: 'Add to basket' }).first().click();
    await page.getByRole('link', { name: 'Basket, 1 in it' }).waitFor();
    await page.getByRole('link', { name: 'My orders' }).click();
    await heading(page, 'My orders').waitFor();
    const found = await ask(`GET /v1/users?q=${username}`, { token: staff });
    const [user] = (found.body as Listed<User>).items;
    expectStatus(await ask(`POST /v1/users/${user?.id}/disable`, { token: staff }), 200);
    await page.getByText('Your session is over.').waitFor();
    await heading(page, 'Sign in').waitFor();
    await page.getByRole('link', { name: 'Basket, 1 in it' }).waitFor();
    assert.deepEqual(faults, []);
  });
});
