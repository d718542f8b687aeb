import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { pino } from 'pino';
import { createHealth, serveHealth, type Health } from './health.ts';
import { createLifecycle } from './lifecycle.ts';
import { createMetrics } from './metrics.ts';
import { createServer } from './server.ts';

const log = pino({ level: 'silent' });
const limits = {
  bodyBytesMax: 1_000,
  requestsInFlightMax: 10,
  connectionsMax: 10,
  deadlineMs: 1_000,
  trustedProxies: 0,
};

async function start(health: Health) {
  const server = createServer({ log, metrics: createMetrics(), health, limits });
  serveHealth(server, health);
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  after(() => server.close());
  return async (path: string) => {
    const answer = await fetch(`${url}${path}`);
    return {
      status: answer.status,
      body: (await answer.json()) as { missing?: string[]; checks?: object[] },
      connection: answer.headers.get('connection'),
    };
  };
}

test('is ready while all it needs is there, whatever else is missing', async () => {
  const health = createHealth();
  let databaseIsThere = true;
  health.needs('database', async () => databaseIsThere || Promise.reject(new Error('gone')));
  health.uses('catalog', () => Promise.reject(new Error('away')));
  const ask = await start(health);
  assert.equal((await ask('/health/ready')).status, 200);
  databaseIsThere = false;
  const { status, body } = await ask('/health/ready');
  assert.deepEqual([status, body.missing], [503, ['database']]);
});

test('stays live whatever happens, and says how each thing is', async () => {
  const health = createHealth();
  health.needs('database', () => Promise.reject(new Error('gone')));
  const ask = await start(health);
  assert.equal((await ask('/health/live')).status, 200);
  assert.deepEqual((await ask('/health')).body.checks, [
    { name: 'database', needed: true, ok: false, detail: 'gone' },
  ]);
});

test('a drained process is not ready, yet goes on serving and ends its connections', async () => {
  const health = createHealth();
  const ask = await start(health);
  health.drain();
  assert.equal((await ask('/health/ready')).status, 503);
  const live = await ask('/health/live');
  assert.deepEqual([live.status, live.connection], [200, 'close']);
});

test('closes the last opened first, and goes on when one fails', async () => {
  const lifecycle = createLifecycle(log);
  const closed: string[] = [];
  lifecycle.opened('first', async () => void closed.push('first'));
  lifecycle.opened('second', () => Promise.reject(new Error('stuck')));
  lifecycle.opened('third', async () => void closed.push('third'));
  const [clean, again] = await Promise.all([lifecycle.close(), lifecycle.close()]);
  assert.deepEqual(
    { clean, again, closed },
    { clean: false, again: false, closed: ['third', 'first'] },
  );
});
