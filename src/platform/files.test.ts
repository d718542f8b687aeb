import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { brotliCompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { client, expectProblem, expectStatus } from '../testing/http.ts';
import { testServer } from '../testing/server.ts';
import { roomyFolder } from '../testing/temp.ts';
import { contentPolicy, readFolder, serveFiles, textAs } from './files.ts';

const script = 'export const answer = 42;\n'.repeat(100);
const folder = await roomyFolder();
after(() => rm(folder, { recursive: true }));
await mkdir(join(folder, 'assets'));
await Promise.all([
  writeFile(join(folder, 'page.html'), '<!doctype html>'),
  writeFile(join(folder, 'odd.bin'), 'odd'),
  writeFile(join(folder, 'assets/a.js'), script),
  writeFile(join(folder, 'assets/a.js.br'), brotliCompressSync(script)),
  writeFile(join(folder, 'assets/a.js.gz'), gzipSync(script)),
]);
const files = readFolder(folder);
const server = testServer();
serveFiles(
  server,
  { ...files, '/said': textAs('said.json', '{}') },
  { operation: 'files', headers: { 'cache-control': 'no-cache', 'x-of-all': 'yes' } },
);
const ask = client([await server.listen({ port: 0, host: '127.0.0.1' })]);
after(() => server.close());

const asked = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  ask(`${method} ${path}`, { headers });

test('reads a folder to the bottom, and takes what is compressed for the same file', () => {
  assert.deepEqual(Object.keys(files).toSorted(), ['/assets/a.js', '/odd.bin', '/page.html']);
  assert.deepEqual(readFolder(join(folder, 'none')), {});
});

test('says of each file what it is, with the headers of all', async () => {
  const types = {
    '/page.html': 'text/html; charset=utf-8',
    '/assets/a.js': 'text/javascript; charset=utf-8',
    '/said': 'application/json; charset=utf-8',
    '/odd.bin': 'application/octet-stream',
  };
  for (const [path, type] of Object.entries(types)) {
    // oxlint-disable-next-line no-await-in-loop -- a table
    const { headers } = expectStatus(await asked(path), 200);
    assert.equal(headers['content-type'], type);
    assert.deepEqual([headers['cache-control'], headers['x-of-all']], ['no-cache', 'yes']);
  }
});

test('sends the smallest form that is understood', async () => {
  const cases = {
    'gzip, deflate, br, zstd': 'br',
    'gzip, br;q=0': 'gzip',
    'GZIP;q=0.5': 'gzip',
    'gzip;q=0.0, brotli': undefined,
    identity: undefined,
    '': undefined,
  };
  for (const [accepted, encoding] of Object.entries(cases)) {
    // oxlint-disable-next-line no-await-in-loop -- a table
    const { headers } = await asked('/assets/a.js', { 'accept-encoding': accepted });
    assert.equal(headers['content-encoding'], encoding, accepted);
    assert.equal(headers['vary'], 'accept-encoding');
  }
  const response = await fetch(`${server.listeningOrigin}/assets/a.js`);
  assert.equal(await response.text(), script);
  assert.equal((await asked('/assets/a.js')).text, script);
  assert.equal(gunzipSync(files['/assets/a.js']?.compressed[1]?.bytes ?? '').toString(), script);
});

test('does not send again what is known, and tells the forms apart', async () => {
  const plain = await asked('/assets/a.js');
  const etag = plain.headers['etag'] ?? '';

  const known = expectStatus(await asked('/assets/a.js', { 'if-none-match': etag }), 304);
  assert.deepEqual([known.text, known.headers['etag']], ['', etag]);
  assert.equal(known.headers['cache-control'], 'no-cache');
  const other = { 'if-none-match': etag, 'accept-encoding': 'br' };
  expectStatus(await asked('/assets/a.js', other), 200);
});

test('answers HEAD like GET, and a file without forms without `vary`', async () => {
  const head = expectStatus(await asked('/page.html', {}, 'HEAD'), 200);
  assert.deepEqual([head.text, head.headers['content-length']], ['', '15']);
  assert.equal(head.headers['vary'], undefined);
});

test('knows no file that was not there when it was opened', async () => {
  await writeFile(join(folder, 'late.html'), 'late');
  const paths = ['/late.html', '/assets/../page.html', '/assets/%2e%2e%2fpage.html', '/assets/'];
  for (const path of [...paths, '/assets/a.js.br', '/..%2f..%2fetc/passwd']) {
    // oxlint-disable-next-line no-await-in-loop -- a table
    expectProblem(await asked(path), 404, 'notFound');
  }
});

test('a policy allows what is said on top of nothing', () => {
  const policy = contentPolicy({ 'font-src': `'self'`, 'style-src': `'none'` });
  assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'none';/);
  assert.match(policy, /; base-uri 'none'; font-src 'self'$/);
});
