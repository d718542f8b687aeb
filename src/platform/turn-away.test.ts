import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { Type } from 'typebox';
import { until } from '../postgres/wait.ts';
import { testServer } from '../testing/server.ts';
import { defineApi, strict } from './api.ts';
import { serve } from './serve.ts';

const api = defineApi({
  hold: { method: 'GET', path: '/hold', importance: 'high', summary: 'Wait', reply: strict({}) },
  order: {
    method: 'POST',
    path: '/order',
    importance: 'high',
    summary: 'Order',
    body: strict({ text: Type.String() }),
    reply: strict({}),
  },
  read: { method: 'GET', path: '/read', summary: 'Read', reply: strict({}) },
  search: { method: 'GET', path: '/search', importance: 'low', summary: 'Find', reply: strict({}) },
});

/** A server with room for so many, some of it taken by requests that the test lets go. */
async function start(requestsInFlightMax: number) {
  const server = testServer({ requestsInFlightMax });
  const held = Promise.withResolvers<object>();
  let holding = 0;
  let asked = 0;
  const done = async () => ({});
  const service = {
    hold: () => {
      holding += 1;
      return held.promise;
    },
    order: done,
    read: done,
    search: done,
  };
  const guard = () => {
    asked += 1;
    return { kind: 'anonymous' } as const;
  };
  serve(server, api, { service, guard });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  const answers: Promise<Response>[] = [];
  after(async () => {
    held.resolve({});
    await Promise.all(answers);
    await server.close();
  });
  /** Until so many are held. */
  const hold = async (count: number) => {
    while (answers.length < count) answers.push(fetch(`${url}/hold`));
    assert.ok(await until(() => holding === count || undefined, 5_000));
  };
  return { url, hold, asked: () => asked, release: () => held.resolve({}) };
}

test('what matters least is refused first, and what matters most last', async () => {
  const { url, hold } = await start(10);
  const statuses = () =>
    Promise.all(
      ['/search', '/read', '/hold?x=1'].map(async (path) => (await fetch(`${url}${path}`)).status),
    );
  await hold(6);
  assert.deepEqual(await statuses(), [503, 200, 400]);
  await hold(8);
  assert.deepEqual(await statuses(), [503, 503, 400]);
  await hold(10);
  assert.deepEqual(await statuses(), [503, 503, 503]);
});

test('a refusal is a problem like any other, with the ids of the request', async () => {
  const { url, hold, asked } = await start(1);
  await hold(1);
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const askedBefore = asked();
  const answer = await fetch(`${url}/order?q="1"`, {
    method: 'POST',
    body: JSON.stringify({ text: 'x'.repeat(100_000) }),
    headers: {
      'content-type': 'application/json',
      'x-request-id': 'find-me',
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    },
  });
  assert.equal(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8');
  assert.equal(answer.headers.get('x-request-id'), 'find-me');
  assert.match(answer.headers.get('retry-after') ?? '', /^[123]$/);
  assert.deepEqual(await answer.json(), {
    type: '/docs/problems#overloaded',
    title: 'Overloaded',
    status: 503,
    detail: 'Too many requests are under way; nothing was done',
    code: 'overloaded',
    instance: '/order',
    requestId: 'find-me',
    traceId,
  });
  assert.equal(asked(), askedBefore, 'nobody was asked who calls');
});

test('the connection goes on after a refusal, past the body that was not read', async () => {
  const { url, hold, release } = await start(1);
  await hold(1);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  after(() => socket.destroy());
  let heard = '';
  socket.on('data', (bytes) => (heard += String(bytes)));
  const order = (text: string) => {
    const body = JSON.stringify({ text });
    const head = `POST /order HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n`;
    socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`);
  };
  order('x'.repeat(200_000));
  assert.ok(await until(() => heard.includes('}') || undefined, 5_000));
  assert.match(heard, /^HTTP\/1\.1 503 /);
  release();
  assert.ok(
    await until(async () => (await fetch(`${url}/read`)).status === 200 || undefined, 5_000),
  );
  heard = '';
  order('y');
  assert.ok(await until(() => heard.includes('{}') || undefined, 5_000));
  assert.match(heard, /^HTTP\/1\.1 200 /);
});
