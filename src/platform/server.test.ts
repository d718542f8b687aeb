import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, describe, test } from 'node:test';
import { Type } from 'typebox';
import { testServer } from '../testing/server.ts';
import { defineApi, page, strict } from './api.ts';
import type { Problem } from './errors.ts';
import { serve } from './serve.ts';

const echoApi = defineApi({
  echo: {
    method: 'POST',
    path: '/echo',
    summary: 'Say it back',
    body: strict({
      text: Type.String({ maxLength: 100 }),
      count: Type.Optional(Type.Integer({ minimum: 1 })),
      lines: Type.Optional(Type.Array(strict({ quantity: Type.Integer() }))),
    }),
    reply: strict({ text: Type.String() }),
  },
  break: { method: 'GET', path: '/break', summary: 'Break', reply: strict({}) },
  list: {
    method: 'GET',
    path: '/list',
    summary: 'A page',
    cacheControl: 'no-cache',
    query: strict({ q: Type.Optional(Type.String()), cursor: Type.Optional(Type.String()) }),
    reply: page(Type.String()),
  },
  version: {
    method: 'GET',
    path: '/version',
    summary: 'Something with a version',
    versioned: true,
    reply: strict({ version: Type.String() }),
  },
  hold: { method: 'GET', path: '/hold', summary: 'Wait for the test', reply: strict({}) },
});

/** A server of its own for a test: its address, and a way to let the held requests go. */
async function start(limits: Parameters<typeof testServer>[0] = {}) {
  const server = testServer(limits);
  const held = Promise.withResolvers<object>();
  const service = {
    echo: async ({ text }: { text: string }) => ({ text, password: 'never shown' }),
    break: () => Promise.reject(new Error('the secret cause')),
    list: async ({ cursor }: { cursor?: string }) =>
      cursor ? { items: [] } : { items: ['a'], nextCursor: 'b&c' },
    version: async () => ({ version: '3-4' }),
    hold: () => held.promise,
  };
  serve(server, echoApi, { service, guard: () => ({ kind: 'anonymous' }) });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  after(async () => {
    held.resolve({});
    await server.close();
  });
  return { url, release: () => held.resolve({}) };
}

const json = { 'content-type': 'application/json' };
const post = (url: string, body: string, headers: Record<string, string> = json) =>
  fetch(`${url}/echo`, { method: 'POST', headers, body });

/** Sends bytes as they are and gives the first line that comes back. */
function raw(url: string, text: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
  socket.once('data', (bytes) => {
    resolve(String(bytes).split('\r\n')[0] ?? '');
    socket.destroy();
  });
  socket.once('error', reject);
  return promise;
}

const { url } = await start();

describe('a request that is wrong', () => {
  const bodies: [why: string, body: object, pointer: string][] = [
    ['a wrong type', { text: 1 }, '/text'],
    ['a number as text', { text: 'a', count: '1' }, '/count'],
    ['a missing field', {}, '/text'],
    ['an unknown field', { text: 'a', role: 'staff' }, '/role'],
    [
      'a wrong type deep inside',
      { text: 'a', lines: [{ quantity: 1 }, { quantity: 1.5 }] },
      '/lines/1/quantity',
    ],
  ];
  for (const [why, body, pointer] of bodies) {
    test(`is refused with the pointer to ${why}`, async () => {
      const answer = await post(url, JSON.stringify(body));
      const problem = (await answer.json()) as Problem;
      assert.equal(answer.status, 400);
      assert.equal(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8');
      assert.deepEqual([problem.code, problem.errors?.[0]?.pointer], ['invalid', pointer]);
    });
  }

  test('is told 413, 415, 405 with what is allowed, and 404', async () => {
    const tooLarge = await post(url, JSON.stringify({ text: 'x'.repeat(1024 * 1024) }));
    const noType = await post(url, 'text=a', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    const packed = await post(url, '{}', { ...json, 'content-encoding': 'gzip' });
    const method = await fetch(`${url}/echo`, { method: 'PUT' });
    const nowhere = await fetch(`${url}/nowhere`);
    const statuses = [tooLarge, noType, packed, method, nowhere].map(({ status }) => status);
    assert.deepEqual(statuses, [413, 415, 415, 405, 404]);
    assert.equal(method.headers.get('allow'), 'POST');
  });

  test('is refused when a proxy could read it as another', async () => {
    const lines: [why: string, head: string][] = [
      ['two Host headers', 'GET /break HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
      ['an absolute target', 'GET http://evil/break HTTP/1.1\r\nHost: a\r\n\r\n'],
      ['no Host header', 'GET /break HTTP/1.1\r\n\r\n'],
      [
        'two lengths',
        'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      ],
      [
        'length and chunks',
        'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      ],
      ['a folded header', 'GET /break HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n'],
      ['a space before the colon', 'GET /break HTTP/1.1\r\nHost : a\r\n\r\n'],
      ['a NUL in a header', 'GET /break HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n'],
      ['a path that does not decode', 'GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n'],
      ['no HTTP at all', 'hello\r\n\r\n'],
    ];
    const answers = await Promise.all(lines.map(([, head]) => raw(url, head)));
    const expected = lines.map(([why]) => [why, 'HTTP/1.1 400 Bad Request']);
    assert.deepEqual(
      lines.map(([why], i) => [why, answers[i]]),
      expected,
    );
  });

  test('is told that its headers are too large', async () => {
    const head = `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`;
    assert.match(await raw(url, head), / 431 /);
  });
});

describe('an answer', () => {
  test('holds what the contract names, and nothing else', async () => {
    const answer = await post(url, JSON.stringify({ text: 'hi' }));
    assert.deepEqual(await answer.json(), { text: 'hi' });
  });

  test('says where the next page is, until there is none, and how long it may be kept', async () => {
    const first = await fetch(`${url}/list?q=x`);
    assert.equal(first.headers.get('link'), '</list?q=x&cursor=b%26c>; rel="next"');
    assert.equal(first.headers.get('cache-control'), 'no-cache');
    const last = await fetch(`${url}/list?q=x&cursor=b%26c`);
    assert.equal(last.headers.get('link'), null);
  });

  test('is not sent again to who has this version already', async () => {
    const known = ['"3-4"', 'W/"3-4"', '"1", "3-4"', '*', '"3-5"', '3-4'];
    const answers = await Promise.all(
      known.map((tag) => fetch(`${url}/version`, { headers: { 'if-none-match': tag } })),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      [304, 304, 304, 304, 200, 200],
    );
  });

  test('to a fault of ours shows its ids, not its cause', async () => {
    const answer = await fetch(`${url}/break`, { headers: { 'x-request-id': 'find-me' } });
    const text = await answer.text();
    assert.equal(answer.status, 500);
    assert.match(text, /find-me/);
    assert.doesNotMatch(text, /secret cause|\.ts/);
  });

  test('goes on with the trace of the caller, and with a request id of sane form only', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01`, 'x-request-id': 'a b\tc' };
    const answer = await fetch(`${url}/break`, { headers });
    const problem = (await answer.json()) as Problem;
    assert.equal(problem.traceId, traceId);
    assert.match(problem.requestId ?? '', /^[\w-]{36}$/);
  });

  test('comes in time, or 504 does', async () => {
    const hurried = await fetch(`${url}/hold`, { headers: { 'x-deadline-ms': '30' } });
    const slow = await start({ deadlineMs: 30 });
    const patient = await fetch(`${slow.url}/hold`, { headers: { 'x-deadline-ms': '60000' } });
    assert.deepEqual([hurried.status, patient.status], [504, 504]);
  });
});

test('more requests than fit are refused at once, and say when to come back', async () => {
  const small = await start({ requestsInFlightMax: 2 });
  const held = [fetch(`${small.url}/hold`), fetch(`${small.url}/hold`)];
  let refused = await fetch(`${small.url}/health/live`);
  // oxlint-disable-next-line no-await-in-loop -- until the two have arrived
  while (refused.status === 200) refused = await fetch(`${small.url}/health/live`);
  assert.equal(refused.status, 503);
  assert.match(refused.headers.get('retry-after') ?? '', /^[123]$/);
  small.release();
  const answers = await Promise.all(held);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200],
  );
});
