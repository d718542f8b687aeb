import assert from 'node:assert/strict';
import { createBusMetrics } from '../../src/platform/bus-redis-standing.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { client, expectStatus } from '../../src/testing/http.ts';
import { startAll, type Running } from '../../src/testing/process.ts';
import type { TestRedis } from '../../src/testing/redis.ts';
import { addProduct, keyed, logInAsStaff } from '../../src/testing/shop.ts';

/** A process with everything, which has had something to do. */
export async function startBusyShop(redis: TestRedis | undefined): Promise<Running> {
  // Whoever waits for a number or an answer on a busy machine is not to wait for the next round.
  const patience = { auditSeconds: 1, deadlineMs: 30_000 };
  const redisUrl = redis && { redisUrl: redis.url };
  const settings = { ...patience, ...redisUrl, logLevel: 'trace', demoVan: true };
  const { gateways, processes } = await startAll(settings);
  await beBusy(gateways, redis !== undefined);
  assert.ok(processes['all']);
  return processes['all'];
}

async function beBusy(gateways: string[], isLive: boolean): Promise<void> {
  const ask = client(gateways);
  const token = await logInAsStaff(ask);
  const wrong = { login: 'admin', password: 'a guess' };
  expectStatus(await ask('POST /v1/sessions', { body: wrong }), 401);
  const { product } = await addProduct(ask, token);
  const body = { lines: [{ productId: product.id, quantity: 1 }] };
  expectStatus(await ask('POST /v1/orders', { token, body, headers: keyed() }), 201);
  if (isLive) expectStatus(await ask('GET /v1/stream', { token }), 200);
}

export async function metricsOf({ addresses }: Running): Promise<string> {
  return (await fetch(`${addresses.metrics}/metrics`)).text();
}

/**
 * As they are told when there is something to tell: calls to other processes, of which one with
 * everything makes none, and what goes wrong.
 */
export async function untoldMetrics(): Promise<string> {
  const metrics = createMetrics();
  metrics.farCalls.inc({ service: 'users', operation: 'logIn', outcome: 'ok' });
  metrics.batchBisects.inc({ batcher: 'place' });
  createBusMetrics(metrics).dropped.inc({ channel: 'fixes' });
  return (await metrics.registry.metrics()).replaceAll(/^# .*$/gm, '');
}
