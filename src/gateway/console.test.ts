import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fill } from '../platform/names.ts';
import { client, expectProblem, expectStatus } from '../testing/http.ts';
import { testServer } from '../testing/server.ts';
import { roomyFolder } from '../testing/temp.ts';
import { consolePaths } from './console-paths.ts';
import { serveConsole } from './console.ts';

const index = '<!doctype html><title>Bazar</title>';
const folder = await roomyFolder();
after(() => rm(folder, { recursive: true }));
await mkdir(join(folder, 'assets'));
await Promise.all([
  writeFile(join(folder, 'index.html'), index),
  writeFile(join(folder, 'lab-poll.html'), 'a lab'),
  writeFile(join(folder, 'stamp'), 'of the build'),
  writeFile(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>'),
  writeFile(join(folder, 'assets/index-abc123.js'), '1;'),
]);

async function opened(directory: string, mapTilesUrl?: string) {
  const server = testServer();
  serveConsole(server, { directory, mapTilesUrl });
  after(() => server.close());
  return client([await server.listen({ port: 0, host: '127.0.0.1' })]);
}

const ask = await opened(folder);
const addresses = Object.values(consolePaths).map((path) => fill(path, { id: '00-fe' }));

test('is one page at all of its addresses, and asked for anew each time', async () => {
  for (const path of addresses) {
    // oxlint-disable-next-line no-await-in-loop -- a table
    const { text, headers } = expectStatus(await ask(`GET ${path}`), 200);
    assert.equal(text, index, path);
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(headers['cache-control'], 'no-cache');
  }
});

test('lets the page load what is its own, and nothing else', async () => {
  const { headers } = await ask('GET /');
  assert.equal(
    headers['content-security-policy'],
    `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; ` +
      `connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; ` +
      `font-src 'self'; manifest-src 'self'`,
  );
  assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
  assert.match(headers['permissions-policy'] ?? '', /camera=\(\).*geolocation=\(\)/);
});

test('also loads pictures of a map, from where they were said to be', async () => {
  const askWithMap = await opened(folder, 'https://tiles.example:8443/{z}/{x}/{y}.png?key=1');
  const { headers } = await askWithMap('GET /map');
  const policy = headers['content-security-policy'] ?? '';
  assert.match(policy, /; img-src 'self' data: https:\/\/tiles\.example:8443; connect-src 'self';/);
});

test('what a page loads is kept for ever under its name', async () => {
  const asset = expectStatus(await ask('GET /assets/index-abc123.js'), 200);
  assert.equal(asset.headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.equal(asset.headers['content-type'], 'text/javascript; charset=utf-8');
  const icon = expectStatus(await ask('GET /favicon.svg'), 200);
  assert.equal(icon.headers['content-type'], 'image/svg+xml');
  assert.equal(icon.headers['cache-control'], 'no-cache');
});

test('has no page at other addresses', async () => {
  for (const path of [
    '/index.html',
    '/lab-poll.html',
    '/stamp',
    '/nothing',
    '/assets/',
    '/orders/1/2',
  ]) {
    // oxlint-disable-next-line no-await-in-loop -- a table
    expectProblem(await ask(`GET ${path}`), 404, 'notFound');
  }
});

test('tells who follows a wrong link by the page, and programs as everywhere', async () => {
  const headers = { accept: 'text/html,*/*;q=0.8' };
  const { text } = expectStatus(await ask('GET /nothing', { headers }), 404);
  assert.equal(text, index);
  expectProblem(await ask('GET /v1/nothing', { headers }), 404, 'notFound');
  expectProblem(await ask('POST /nothing', { headers }), 404, 'notFound');
});

test('says how it is built where it is not', async () => {
  const askUnbuilt = await opened(join(folder, 'none'));
  for (const path of addresses) {
    // oxlint-disable-next-line no-await-in-loop -- a table
    const { text, headers } = expectStatus(await askUnbuilt(`GET ${path}`), 200);
    assert.match(text, /not built[^]*npm run build[^]*href="\/docs"/);
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
  }
});
