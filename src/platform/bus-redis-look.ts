import { Gauge } from 'prom-client';
import { answerOf, type RedisClient } from './bus-redis-link.ts';
import type { Metrics } from './metrics.ts';

const everyMs = 30_000;

/** Looks every half minute how Redis itself is, for the metrics. */
export function createLook({ registry }: Pick<Metrics, 'registry'>) {
  const registers = [registry];
  const memory = new Gauge({
    name: 'bazar_redis_memory_bytes',
    help: 'Memory that Redis uses',
    labelNames: ['version'],
    registers,
  });
  const clients = new Gauge({
    name: 'bazar_redis_clients',
    help: 'Connections to Redis, of everybody',
    labelNames: ['version'],
    registers,
  });
  let notBeforeMs = 0;

  function forget(): void {
    notBeforeMs = 0;
    memory.reset();
    clients.reset();
  }

  async function look(client: RedisClient): Promise<void> {
    if (performance.now() < notBeforeMs) return;
    notBeforeMs = performance.now() + everyMs;
    const info = await answerOf(client.info());
    const field = (name: string) => new RegExp(`^${name}:(.*)\r?$`, 'm').exec(info)?.[1] ?? '';
    const labels = { version: field('redis_version') };
    memory.set(labels, Number(field('used_memory')));
    clients.set(labels, Number(field('connected_clients')));
  }

  return { look, forget };
}
