import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { after, test } from 'node:test';
import { browserIsMissing, startBrowser } from '../../web/testing/browser.ts';
import { serveFiles, textAs } from '../platform/files.ts';
import { freshDatabase } from '../testing/database.ts';
import { testServer } from '../testing/server.ts';
import { goodPassword } from '../users/fixture.ts';
import { openDoor } from './testing-door.ts';

const database = await freshDatabase('users');
const options = { skip: browserIsMissing };
const body = JSON.stringify({ login: 'ann', password: goodPassword });
const json = `{ 'content-type': 'application/json' }`;
const logIn = `fetch('/v1/browser-session', { method: 'POST', headers: ${json}, body: '${body}' })
  .then(({ status }) => status)`;

test('the documentation is signed in by the cookie, which no script sees', options, async () => {
  const { url } = await openDoor(database);
  const visit = await startBrowser();
  const { page, faults } = await visit(url);
  const notice = page.locator('#notice');
  await page.goto('/docs');
  await notice.getByText('Nobody is signed in').waitFor();

  assert.equal(await page.evaluate(logIn), 201);
  await page.reload();

  await notice.getByText('Signed in as ann (customer)').waitFor();
  assert.equal(await page.evaluate('document.cookie'), '');
  assert.deepEqual(faults, []);
});

test('a page on another port has the cookie sent, and is refused', options, async () => {
  const { url, server } = await openDoor(database);
  const visit = await startBrowser();
  const { page, context } = await visit(url);
  const other = testServer();
  const pages = { '/': textAs('page.html', '<!doctype html>') };
  serveFiles(other, pages, { operation: 'other', headers: {} });
  const otherUrl = await other.listen({ port: 0, host: '127.0.0.1' });
  after(() => other.close());
  await page.goto('/docs/problems');
  assert.equal(await page.evaluate(logIn), 201);
  const before = await context.cookies(`${url}/v1/browser-session`);

  await page.goto(otherUrl);
  const arrived = once(server.server, 'request');
  const refused = page.waitForResponse(/resume$/);
  const init = `{ method: 'POST', mode: 'no-cors', credentials: 'include' }`;
  await page.evaluate(`fetch('${url}/v1/browser-session/resume', ${init}).then(() => undefined)`);

  assert.equal((await refused).status(), 403);
  const [{ headers }] = (await arrived) as [IncomingMessage];
  assert.match(headers.cookie ?? '', /bazar_session=s\.bzr_/);
  assert.equal(headers['sec-fetch-site'], 'same-site');
  assert.deepEqual(await context.cookies(`${url}/v1/browser-session`), before);
});
