import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { expectProblem } from '../../src/testing/http.ts';
import { logIn, password, register, soon } from '../../src/testing/shop.ts';
import { expectAccessibleInBoth } from '../testing/accessible.ts';
import { inConsole } from '../testing/console.ts';

const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });

/** Few enough people that all of them are on the first page. */
const ownConsole = {};

await inConsole(
  'people in a browser',
  ({ visitAsStaff, ask }) => {
    test('finds somebody, disables and enables them', async () => {
      const { id, username } = await register(ask);
      const { accessToken: token } = await logIn(ask, username);
      const { page, faults } = await visitAsStaff('/staff/people');
      await rowOf(page, 'admin').waitFor();
      await expectAccessibleInBoth(page);
      await page.getByLabel('Username or e-mail begins with').fill(username);
      await page.waitForURL(`/staff/people?q=${username}`);
      await rowOf(page, 'admin').waitFor({ state: 'detached' });
      const orders = page.getByRole('link', { name: `Orders of ${username}` });
      assert.equal(await orders.getAttribute('href'), `/staff/orders?userId=${id}`);

      await page.getByRole('button', { name: `Disable ${username}` }).click();
      await expectAccessibleInBoth(page);
      await page.getByRole('button', { name: 'Disable the account' }).click();
      await rowOf(page, username).getByText('Disabled').waitFor();
      await soon([ask], 401, { token });
      const login = { login: username, password };
      expectProblem(await ask('POST /v1/sessions', { body: login }), 401, 'unauthorized');

      await page.getByRole('button', { name: `Enable ${username}` }).click();
      await page.getByRole('button', { name: 'Enable the account' }).click();
      await page.getByRole('button', { name: `Disable ${username}` }).waitFor();
      await logIn(ask, username);
      assert.deepEqual(faults, []);
    });

    test('gives another role, and keeps the last who may', async () => {
      const { username } = await register(ask);
      const { page, faults } = await visitAsStaff(`/staff/people?q=${username}`);
      await page.getByRole('button', { name: `Role of ${username}` }).click();
      await page.getByRole('dialog').getByLabel('Role').selectOption('courier');
      await page.getByRole('button', { name: 'Change the role' }).click();
      await rowOf(page, username).getByText('Courier').waitFor();
      assert.equal((await logIn(ask, username)).user.role, 'courier');

      await page.getByRole('button', { name: 'Show everybody' }).click();
      await page.getByLabel('Role', { exact: true }).selectOption('staff');
      await page.getByRole('button', { name: 'Disable admin' }).click();
      await page.getByRole('button', { name: 'Disable the account' }).click();
      await page.getByRole('alert').getByText('last active staff account').waitFor();
      assert.deepEqual(faults, []);
    });

    test('says so when nobody is like this', async () => {
      const { page, faults } = await visitAsStaff('/staff/people?q=nobody-at-all');
      await page.getByRole('heading', { name: 'Nobody is like this' }).waitFor();
      await expectAccessibleInBoth(page);
      assert.deepEqual(faults, []);
    });
  },
  ownConsole,
);
