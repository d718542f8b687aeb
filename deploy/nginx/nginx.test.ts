import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { publicOperations } from '../../src/gateway/api.ts';
import type { Order } from '../../src/orders/shapes.ts';
import { until } from '../../src/postgres/wait.ts';
import { keepBusy } from '../../src/testing/busy.ts';
import { freshDatabaseUrl } from '../../src/testing/database.ts';
import { freePort } from '../../src/testing/free-port.ts';
import { client, type Answer } from '../../src/testing/http.ts';
import { adminPassword, makeHome, type Running } from '../../src/testing/process.ts';
import { addProduct, keyed, logInAsStaff, someone } from '../../src/testing/shop.ts';
import { nginxIsMissing, startNginx } from './testing-nginx.ts';

const waitMsMax = 20_000;
const hosts = ['127.0.0.2', '127.0.0.3'] as const;
const skip =
  nginxIsMissing || (process.platform === 'darwin' && 'macOS has no 127.0.0.2 for two gateways');

test('repeats what the contract says may be repeated, and no other POST or PATCH', async () => {
  const config = await readFile(join(import.meta.dirname, 'nginx.conf'), 'utf8');
  const rules = [...config.matchAll(/"~(\^POST [^"]+)" 1;/g)].map(([, form = '']) => RegExp(form));
  const unsafe = publicOperations.filter(({ operation: { method } }) => /POST|PATCH/.test(method));

  const repeated = unsafe
    .map(({ operation: { method, path } }) => `${method} ${path.replaceAll(/:\w+/g, 'x')}`)
    .filter((what) => rules.some((rule) => rule.test(what)));

  const wanted = unsafe
    .filter(({ operation }) => operation.repeatable)
    .map(({ operation: { method, path } }) => `${method} ${path.replaceAll(/:\w+/g, 'x')}`);
  assert.deepEqual(repeated.toSorted(), wanted.toSorted());
});

describe('NGINX in front of two gateways', { skip }, async () => {
  const port = await freePort();
  const nginx = await startNginx(port);
  const gateways = await startGateways(port);
  nginx.names.set(hosts);
  const ask = client([nginx.url]);
  const staff = await logInAsStaff(ask);
  const { product } = await addProduct(ask, staff, { quantity: 1_000_000 });
  const { accessToken: token } = await someone(ask);
  const body = { lines: [{ productId: product.id, quantity: 1 }] };
  const order = () => ask('POST /v1/orders', { token, body, headers: keyed() });

  test('has a configuration that holds', async () => {
    assert.match(await nginx.check(), /test is successful/);
  });

  test('spreads requests over both', async () => {
    let counts: number[] = [];
    const areBoth = await until(async () => {
      await Promise.all(Array.from({ length: 10 }, () => ask('GET /v1/products?limit=1')));
      counts = await Promise.all(gateways.running.map(countListings));
      return counts.every((count) => count >= 5) || undefined;
    }, waitMsMax);

    assert.ok(areBoth, String(counts));
  });

  test('hands events on as they come, while the stream is open', async () => {
    const leaving = new AbortController();
    const headers = { authorization: `Bearer ${token}` };
    const { signal } = leaving;
    const answer = await fetch(`${nginx.url}/v1/stream?topics=orders`, { headers, signal });
    const [type] = (answer.headers.get('content-type') ?? '').split(';');
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();

    const first = await readUntil(reader, /event: snapshot/);
    leaving.abort();

    assert.equal(type, 'text/event-stream');
    assert.match(first, /event: snapshot/);
  });

  test('loses no request when one gateway stops and the other is killed', async () => {
    const answers: Answer[] = [];
    const busy = keepBusy({ hands: 4, restMs: 10 }, async () => {
      answers.push(await order(), await ask('GET /v1/products?limit=1', { token }));
    });
    const more = async () => {
      const enough = answers.length + 40;
      assert.ok(await until(() => answers.length >= enough || undefined, waitMsMax));
    };
    await more();
    assert.equal(await gateways.running[0]?.stop(), 0);
    await more();
    await gateways.start(0);
    await more();
    await gateways.running[1]?.kill();
    await more();
    await busy.stop();

    const failed = answers.filter(({ status }) => status !== 200 && status !== 201);
    assert.deepEqual(
      failed.map(({ status, text }) => `${status} ${text}`),
      [],
    );
    const placed = answers.filter(({ status }) => status === 201);
    assert.equal(new Set(placed.map((one) => (one.body as Order).id)).size, placed.length);
  });

  test('believes nobody who says where a request comes from, and keeps secrets out of its log', async () => {
    const seen = await listenInstead(port);
    nginx.names.set(['127.0.0.4']);
    const id = randomUUID();
    const headers = {
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-proto': 'https',
      'x-real-ip': '203.0.113.7',
      forwarded: 'for=203.0.113.7',
      'x-request-id': id,
    };
    const reached = await until(async () => {
      await ask('GET /v1/products?q=a-secret', { token: 'a-token', headers });
      return seen[0];
    }, waitMsMax);
    const metrics = await ask('GET /metrics');
    const large = await ask('POST /v1/orders', { raw: 'x'.repeat(1024 * 1024 + 1) });

    const got = reached?.headers;
    assert.equal(got?.['x-forwarded-for'], '127.0.0.1');
    assert.equal(got['x-forwarded-proto'], 'http');
    assert.deepEqual([got['x-real-ip'], got.forwarded], [undefined, undefined]);
    assert.equal(got['x-request-id'], id);
    assert.deepEqual([metrics.status, large.status], [404, 413]);
    const log = await nginx.accessLog();
    const lines = log.trim().split('\n');
    const line = lines.map((one) => JSON.parse(one) as Record<string, string>);
    assert.ok(line.some((one) => one['requestId'] === id && one['path'] === '/v1/products'));
    assert.doesNotMatch(log, /a-secret|a-token/);
  });
});

/** Everything in each of two processes on one database, at two addresses of one port. */
async function startGateways(port: number) {
  const databaseUrl = await freshDatabaseUrl();
  const home = await makeHome();
  const running: Running[] = [];
  async function start(i: 0 | 1): Promise<void> {
    const settings = { poolMax: 4, drainMs: 200, demoVan: false, adminPassword, trustedProxies: 1 };
    running[i] = await home.start({ ...settings, databaseUrl, host: hosts[i], port });
  }
  // The first brings the schemas and the first account.
  await start(0);
  await start(1);
  return { running, start };
}

async function countListings({ addresses }: Running): Promise<number> {
  const text = await (await fetch(`${addresses.metrics}/metrics`)).text();
  // Whatever was answered: a machine that is busy refuses some.
  const counts = [...text.matchAll(/bazar_requests_total\{operation="listProducts",.*\} (\d+)/g)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

async function readUntil(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  wanted: RegExp,
  text = '',
): Promise<string> {
  const { value, done } = await reader.read();
  const all = text + new TextDecoder().decode(value);
  return done || wanted.test(all) ? all : readUntil(reader, wanted, all);
}

/** Somebody who only looks at what comes. */
async function listenInstead(port: number): Promise<IncomingMessage[]> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    response.end();
  });
  server.listen(port, '127.0.0.4');
  await once(server, 'listening');
  after(() => server.close().closeAllConnections());
  return seen;
}
