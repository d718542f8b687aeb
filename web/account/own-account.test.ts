import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectProblem, expectStatus } from '../../src/testing/http.ts';
import { logIn, password, register, someName, soon } from '../../src/testing/shop.ts';
import { expectAccessibleInBoth } from '../testing/accessible.ts';
import { inConsole } from '../testing/console.ts';

const newPassword = 'a fresh phrase of words';

await inConsole('the own account in a browser', ({ visit, visitAsCustomer, ask }) => {
  test('opens an account, also when the answer to the first try was lost', async () => {
    const { page, faults } = await visit();
    const username = someName();
    await page.goto('/register?next=%2Faccount');
    await expectAccessibleInBoth(page);
    await page.route(
      '**/v1/users',
      async (route) => {
        await route.fetch();
        await route.fulfill({ status: 502, body: 'lost' });
      },
      { times: 1 },
    );
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('E-mail address').fill(`${username}@shop.example`);
    await page.getByLabel('Password', { exact: true }).fill(password);
    const open = page.getByRole('button', { name: 'Open the account' });
    await open.click();
    await page.getByRole('alert').waitFor();
    await open.click();
    await page.waitForURL('/account');
    await page.getByRole('link', { name: `Account of ${username}` }).waitFor();
    assert.deepEqual(
      faults.filter((fault) => !fault.includes('502')),
      [],
    );
  });

  test('says which field is wrong when an account cannot be opened', async () => {
    const { username } = await register(ask);
    const { page, faults } = await visit();
    await page.goto('/register');
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('E-mail address').fill(`${someName()}@shop.example`);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Open the account' }).click();
    await page.getByText('This username is taken.').waitFor();
    const wrong = page.getByLabel('Username');
    assert.equal(await wrong.getAttribute('aria-invalid'), 'true');
    assert.ok(await wrong.evaluate((element) => element === document.activeElement));
    assert.deepEqual(faults, []);
  });

  test('changes names, and shows what was changed elsewhere before it is overwritten', async () => {
    const { page, username, token, faults } = await visitAsCustomer('/account');
    await page.getByLabel('Name', { exact: true }).fill('Ann Example');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Ann Example' }).waitFor();

    const { headers } = await ask('GET /v1/users/me', { token });
    const change = { body: { name: 'Anna' }, headers: { 'if-match': headers['etag'] ?? '' } };
    expectStatus(await ask('PATCH /v1/users/me', { token, ...change }), 200);
    await page.getByLabel('Username').fill(`${username}-2`);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Nothing is saved yet').waitFor();
    await page.getByRole('definition').getByText('Anna', { exact: true }).waitFor();
    await expectAccessibleInBoth(page);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: `Account of ${username}-2` }).waitFor();
    assert.deepEqual(faults, []);
  });

  test('changes the password for who knows the current one, and ends other sessions', async () => {
    const { page, username, token, faults } = await visitAsCustomer('/account');
    const change = page.getByRole('button', { name: 'Change the password' });
    await page.getByLabel('Current password').fill('not this one');
    await page.getByLabel('New password').fill(newPassword);
    await change.click();
    await page.getByText('This is not the current password.').waitFor();
    await page.getByLabel('Current password').fill(password);
    await change.click();
    await page.getByText('Your password is changed').waitFor();
    await soon([ask], 401, { token });
    await logIn(ask, username, newPassword);
    await page.reload();
    await page.getByRole('link', { name: `Account of ${username}` }).waitFor();
    assert.deepEqual(faults, []);
  });

  test('makes a key that works, renews it, and revokes it', async () => {
    const { page, faults } = await visitAsCustomer('/account', {
      viewport: { width: 360, height: 740 },
    });
    const table = page.getByRole('region', { name: 'API keys' });
    const secret = page.getByRole('textbox', { name: 'Secret' });
    await page.getByRole('button', { name: 'New key' }).click();
    await expectAccessibleInBoth(page);
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('My program');
    await dialog.getByLabel('Look at orders').check();
    await dialog.getByRole('button', { name: 'Make the key' }).click();
    const first = await secret.inputValue();
    await page.getByRole('button', { name: 'I have it' }).click();
    expectStatus(await ask('GET /v1/orders', { token: first }), 200);
    expectProblem(await ask('GET /v1/users/me', { token: first }), 403, 'forbidden');

    await table.getByText('Look at orders').waitFor();
    await page.getByRole('button', { name: 'Renew My program' }).click();
    await page.getByRole('button', { name: 'Make the new secret' }).click();
    const second = await secret.inputValue();
    assert.notEqual(second, first);
    await page.getByRole('button', { name: 'I have it' }).click();
    expectStatus(await ask('GET /v1/orders', { token: second }), 200);

    await page.getByRole('button', { name: 'Revoke My program' }).click();
    await page.getByRole('button', { name: 'Revoke the key' }).click();
    await page.getByText('You have no keys').waitFor();
    await soon([ask], 401, { token: second });
    await soon([ask], 401, { token: first });
    assert.deepEqual(faults, []);
  });
});
