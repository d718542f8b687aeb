import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { ConfigError } from '../config.ts';
import { createHealth } from '../platform/health.ts';
import { createLifecycle } from '../platform/lifecycle.ts';
import { createMetrics } from '../platform/metrics.ts';
import { silent } from '../testing/database.ts';
import { freePort } from '../testing/free-port.ts';
import { openLabDoors } from './doors.ts';

test('a lab whose port somebody else has says so, and leaves none of its own open', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const lifecycle = createLifecycle(silent);
  const others = [await freePort(), await freePort()];
  const [before = 0, after = 0] = others;
  const doors = [before, port, after].map((at) => ({
    name: `door ${at}`,
    port: at,
    open: () => {},
  }));
  const parts = { host: '127.0.0.1', portOffset: 0, deadlineMs: 1_000, log: silent, lifecycle };

  const opening = openLabDoors(doors, {
    ...parts,
    health: createHealth(),
    metrics: createMetrics(),
  });

  await assert.rejects(opening, (error: Error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(error.message, /--port-offset/);
    return true;
  });
  await lifecycle.close();
  taken.close();
  const answers = await Promise.allSettled(others.map((at) => fetch(`http://127.0.0.1:${at}`)));
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
});
