import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { after, test } from 'node:test';
import type { AddressInfo } from 'node:net';
import { Type } from 'typebox';
import { callBy } from '../testing/call.ts';
import { defineApi, idempotencyKey, strict } from './api.ts';
import { remote } from './client.ts';
import { createMetrics } from './metrics.ts';

const reply = strict({ ok: Type.Boolean() });
const api = defineApi({
  read: { method: 'GET', path: '/read', summary: 'Read', reply },
  settle: { method: 'POST', path: '/settle', summary: 'Settle', repeatable: true, reply },
  reserve: { method: 'POST', path: '/reserve', summary: 'Reserve', reply },
  put: {
    method: 'POST',
    path: '/put',
    summary: 'Put',
    headers: strict({ idempotencyKey }),
    reply,
  },
});

const answer =
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{"ok":true}';

/** A far end that reads a request and then, where `fails` says so, hangs up. */
async function start(fails: (nth: number) => boolean) {
  let asked = 0;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => {
      asked += 1;
      if (fails(asked)) socket.destroy();
      else socket.write(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const service = remote(api, {
    service: 'far',
    url: `http://127.0.0.1:${port}`,
    credentials: async () => ({}),
    metrics: createMetrics(),
  });
  after(async () => {
    await service.close();
    server.close();
  });
  return { service, asked: () => asked };
}

test('tries again what does no harm twice, and nothing else', async () => {
  const first = (nth: number) => nth === 1;
  const [read, settle, reserve, put] = await Promise.all([
    start(first),
    start(first),
    start(first),
    start(first),
  ]);
  const done = { ok: true };
  assert.deepEqual(await read.service.read({}, callBy()), done);
  assert.deepEqual(await settle.service.settle({}, callBy()), done);
  assert.deepEqual(await put.service.put({ idempotencyKey: 'a' }, callBy()), done);
  await assert.rejects(reserve.service.reserve({}, callBy()), { code: 'unavailable' });
  assert.deepEqual(
    [read, settle, put, reserve].map(({ asked }) => asked()),
    [2, 2, 2, 1],
  );
});

test('asks a service of which every second connection fails hardly more often than it is called', async () => {
  const { service, asked } = await start((nth) => nth % 2 === 1);
  const calls = 300;
  let failed = 0;
  for (let i = 0; i < calls; i += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one call after the other
    await service.read({}, callBy()).catch(() => (failed += 1));
  }
  assert.ok(asked() <= calls * 1.1 + 10, `${asked()} for ${calls} calls`);
  assert.ok(asked() > calls * 1.05, 'none was tried again');
  assert.ok(failed > 0);
});
